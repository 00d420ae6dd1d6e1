import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { ApiError, post } from './api.ts';
import { type ConsoleClient, type MethodName, openClient } from './client.ts';
import { Refusal } from './components/states.tsx';
import type { Me } from './me.ts';

type Session = {
  readonly me: Me;
  readonly client: ConsoleClient;
  /** Whether the role may call a method: a page shows a button only if it would work. */
  readonly may: (method: MethodName) => boolean;
  /** A client that acts for a user, for TOP's methods that need a user's session. */
  readonly clientFor: (user_id: number) => ConsoleClient;
  /** Posts to a route of one's own account, such as `password`. */
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

/** In sight wherever the page is scrolled to, and clear of the menu that tries again. */
const BELOW = {
  position: 'fixed',
  insetBlockEnd: 0,
  insetInline: 16,
  zIndex: 1000,
  maxWidth: 480,
  margin: '0 auto',
} as const;

/** Gives the pages below the session of an operator. */
export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<unknown>();
  const logOut = useCallback(async () => {
    try {
      setFailure(undefined);
      await post('logout', {}, me.csrf_token);
    } catch (error) {
      // Whose session has ended meanwhile is out; anyone else must know that the session stands.
      if (!(error instanceof ApiError && error.status === 401)) return setFailure(error);
    }
    // An answer that is still under way would bring the session back.
    await queries.cancelQueries({ queryKey: ['me'] });
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
  return (
    <Context value={session}>
      {children}
      {failure !== undefined && (
        <div style={BELOW}>
          <Refusal error={failure} />
        </div>
      )}
    </Context>
  );
}
