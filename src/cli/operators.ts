import { readClientConfig } from '../config.ts';
import { LINK_HOURS, offerReset, unlock } from '../console/operator-links.ts';
import { StartError } from '../start-error.ts';
import { formatInstant } from '../wire/time.ts';
import { openVault, withDatabase } from './database.ts';
import { type Io, printJson } from './io.ts';

type Options = { login: string; json?: true };

/**
 * Lets an operator try its password again at once, however often it was wrong, also from the addresses that are locked for
 * it. Throws StartError when there is no such operator.
 */
export async function unlockOperator(io: Io, { login, json }: Options): Promise<void> {
  await withDatabase(io, async (sql) => {
    const forgiven = await unlock(sql, await openVault(io, sql), login, new Date());
    if (forgiven === undefined) throw new StartError(`there is no operator ${login}`);
    if (json) return printJson(io, { login, ...forgiven });
    io.out(`${unlocked(login, forgiven)}\n`);
  });
}

type Unlocked = { readonly was_locked: boolean; readonly addresses_unlocked: number };

function unlocked(login: string, { was_locked, addresses_unlocked: count }: Unlocked): string {
  const addresses = `${count} ${count === 1 ? 'address that tried it was' : 'addresses that tried it were'} locked`;
  const causes = [...(was_locked ? ['the account was locked'] : []), ...(count > 0 ? [addresses] : [])];
  if (causes.length === 0) return `${login} was not locked, nor was an address that tried it within a day.`;
  return `${login} may log in again: ${causes.join(', and ')}.`;
}

/** Makes a one-time link by which an operator sets a new password. Throws StartError when there is no live one. */
export async function linkOperator(io: Io, { login, json }: Options): Promise<void> {
  await withDatabase(io, async (sql) => {
    const now = new Date();
    const made = await offerReset(sql, await openVault(io, sql), login, now);
    if (made === undefined) throw new StartError(`there is no operator ${login} who is not suspended`);
    // After the # it goes neither into logs of proxies nor to other sites.
    const link = new URL(`/console/reset#${made.token}`, readClientConfig(io.env).url).href;
    if (json) return printJson(io, { login, link, expires_at: made.expires_at });
    const until = `${formatInstant(made.expires_at)} GMT+8, ${LINK_HOURS} hours from now`;
    io.out(
      `Link  ${link}\n\nIt serves once, until ${until}. Whoever opens it sets the password of ${login} and\nlogs in; the second factor and all sessions end with it. Links made before are void.\n`,
    );
  });
}
