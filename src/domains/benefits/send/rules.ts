import type { activitySend } from '../../../contract/benefits/send.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import type { RequestOf } from '../../../contract/method.ts';
import { personOf, phoneOf } from '../../../secrets/personal.ts';

/** A send with the names of its receiver: beside what is sent, or within it as classes of 2015 have it. */
export type ReceiverNames = RequestOf<typeof activitySend>;

/** A receiver as it is stored: a user of the platform, or one known by an id of another system only. */
export type Receiver = { readonly kind: 'user' | 'ouid' | 'uid' | 'mix_receiver_id' | 'nick'; readonly name: string };

/** A user of the platform as a receiver. */
export const receivingUser = (user_id: number): Receiver => ({ kind: 'user', name: String(user_id) });

/** The text that tells a receiver from all others: a phone number is one receiver, whichever kind of id it came as. */
export const receiverKey = ({ kind, name }: Receiver): string =>
  kind === 'user' ? `user:${name}` : `${phoneOf(name) === undefined ? kind : 'phone'}:${personOf(name)}`;

/** The first of the opaque names that is given: they stand for themselves. */
export function opaqueReceiver(names: ReceiverNames): Receiver | undefined {
  for (const kind of ['ouid', 'uid', 'mix_receiver_id', 'nick'] as const) {
    const name = names[kind];
    if (name != null) return { kind, name };
  }
  return undefined;
}

/**
 * The ids of the users on a chain of sharing who were rewarded. Throws platform error 41 naming share_users when the text
 * is not of the form `u1_true,u2_false`.
 */
export function rewardedUsers(share_users: string | null | undefined): string[] {
  if (share_users == null) return [];
  return share_users.split(',').flatMap((entry) => {
    const found = /^(.+)_(true|false)$/.exec(entry.trim());
    if (found === null) throw invalidArgument('share_users', '应为 u1_true,u2_false 的形式');
    return found[2] === 'true' ? [found[1] as string] : [];
  });
}
