import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react';
import type { Role } from '../../src/contract/roles.ts';
import { ask, type ConsoleClient, DoorError, type MethodName, openClient, post } from './client.ts';

/** Who is logged in, as `GET /console/api/me` tells. */
export type Me = {
  readonly login: string;
  readonly display_name: string;
  readonly role: Role;
  readonly totp: boolean;
  readonly totp_recovery_left: number;
  readonly password_temporary: boolean;
  readonly csrf_token: string;
  readonly sandbox: boolean;
  readonly may_act_for_user: boolean;
  /** The methods that the role may call. */
  readonly methods: readonly string[];
};

type Session = {
  readonly me: Me;
  readonly client: ConsoleClient;
  /** Whether the role may call a method: a page shows a button only if it would work. */
  readonly may: (method: MethodName) => boolean;
  /** A client that acts for a user, for TOP's methods that need a user's session. */
  readonly clientFor: (user_id: number) => ConsoleClient;
  /** Posts to a door of one's own account, such as `password`. */
  readonly change: <T>(path: string, body: object) => Promise<T>;
  readonly logOut: () => Promise<void>;
};

const Context = createContext<Session | undefined>(undefined);

/** The session of the operator. Only below SessionProvider. */
export function useSession(): Session {
  const session = useContext(Context);
  if (session === undefined) throw new Error('no session above');
  return session;
}

/** Asks who is logged in; `me` is null when nobody is. */
export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: () =>
      ask<Me>('me').catch((error) => {
        if (error instanceof DoorError && error.status === 401) return null;
        throw error;
      }),
    staleTime: 60_000,
  });

/** Gives the pages below the session of an operator. */
export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  const queries = useQueryClient();
  const logOut = useCallback(async () => {
    await post('logout', {}, me.csrf_token);
    // The page watches who is logged in: that query must live on to tell it.
    queries.setQueryData(['me'], null);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
  }, [me.csrf_token, queries]);
  const session = useMemo<Session>(() => {
    const methods = new Set(me.methods);
    return {
      me,
      client: openClient(me.csrf_token),
      may: (method) => methods.has(method),
      clientFor: (user_id) => openClient(me.csrf_token, user_id),
      change: (path, body) => post(path, body, me.csrf_token),
      logOut,
    };
  }, [me, logOut]);
  return <Context value={session}>{children}</Context>;
}
