import { readClientConfig } from '../config.ts';
import { LINK_HOURS, offerReset, unlock } from '../gateway/operator-links.ts';
import { StartError } from '../start-error.ts';
import { formatInstant } from '../wire/time.ts';
import { openVault, withDatabase } from './database.ts';
import { type Io, printJson } from './io.ts';

type Options = { login: string; json?: true };

/** Lets an operator try its password again at once, however often it was wrong. Throws StartError when there is none. */
export async function unlockOperator(io: Io, { login, json }: Options): Promise<void> {
  await withDatabase(io, async (sql) => {
    const was_locked = await unlock(sql, await openVault(io, sql), login, new Date());
    if (was_locked === undefined) throw new StartError(`there is no operator ${login}`);
    if (json) return printJson(io, { login, was_locked });
    io.out(was_locked ? `${login} may log in again.\n` : `${login} was not locked.\n`);
  });
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
