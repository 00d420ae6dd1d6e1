import { queryOptions } from '@tanstack/react-query';
import type { Role } from '../../src/contract/platform/roles.ts';
import { ApiError, ask } from './api.ts';

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

/** The question who is logged in; its answer is null when nobody is. */
export const whoIsIn = queryOptions({
  queryKey: ['me'],
  queryFn: () =>
    ask<Me>('me').catch((error) => {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }),
  staleTime: 60_000,
});
