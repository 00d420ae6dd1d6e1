import { timingSafeEqual } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { logLogin } from '../database/change-log.ts';
import type { Sql } from '../database/pool.ts';
import type { LoginOutcome } from '../gateway/metrics.ts';
import { newRequestId } from '../gateway/request-id.ts';
import type { Vault } from '../secrets/vault.ts';
import { ConsoleError } from './errors.ts';
import { attempt, forgive, guesserOf, isLocked, newToken, noteTrial, takeBack } from './operators.ts';

/** A proof of identity at the console. `login` is absent where there is no operator of that name. */
export type LoginEvent = {
  readonly outcome: LoginOutcome;
  readonly login: string | undefined;
  readonly address: string;
};

/** What logging in works with. */
export type LoginParts = {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly clock: () => Date;
  /** Is told of every proof of identity, for the log and the metrics. */
  readonly onLogin: (event: LoginEvent) => void;
};

/**
 * Who proves an account, and what failures count against: a session, or the browser in which the account logged in before,
 * each by itself, so that strangers lock nobody out there; else the account and the address.
 */
export type Prover = { readonly login: string; readonly address: string; readonly known: string | undefined };

/** Failures that lock an account, a known browser or session, or an address whatever the accounts; and for how long. */
const MOST_FAILURES = { account: 10, known: 10, address: 50 } as const;
const LOCK_SECONDS = 15 * 60;
const DEVICE_PURPOSE = 'console-device';
const IPV6_GROUP_BYTES = 8;

/** Runs a password's proof as one counted attempt. Throws `locked` with the seconds to wait. */
export async function guarded<T>(parts: LoginParts, prover: Prover, prove: () => Promise<T>): Promise<T> {
  const { sql, clock, onLogin } = parts;
  const { guessers, limits, origin } = countedBy(parts.vault, prover);
  const exists = await noteTrial(sql, { login: prover.login, address: origin, now: clock() });
  const told = { login: exists ? prover.login : undefined, address: prover.address };
  const wait_seconds = await attempt(sql, { guessers, limits }, { seconds: LOCK_SECONDS, now: clock() });
  if (wait_seconds > 0) {
    onLogin({ ...told, outcome: 'refused' });
    throw new ConsoleError('locked', { wait_seconds });
  }
  try {
    const proved = await prove();
    await takeBack(sql, guessers);
    await forgive(sql, guessers[0] as Buffer);
    return proved;
  } catch (error) {
    // Neither a proof nor a failure; who knows the password may not wipe out wrong codes by it.
    if (!(error instanceof ConsoleError) || error.code === 'totp-required') await takeBack(sql, guessers);
    else await tellFailure(parts, told, guessers);
    throw error;
  }
}

/** Tells of a failure, and of the lock that begins with it, which the change log of an operator holds. */
async function tellFailure(
  { sql, clock, onLogin }: LoginParts,
  told: Omit<LoginEvent, 'outcome'>,
  guessers: readonly Buffer[],
): Promise<void> {
  onLogin({ ...told, outcome: 'failure' });
  const now = clock();
  if (!(await isLocked(sql, guessers, now))) return;
  onLogin({ ...told, outcome: 'lock' });
  if (told.login !== undefined) await enterLogin(sql, 'console.lock', told.login, told.address, now);
}

/** Enters a login or a lock of an operator in the change log, with the address it came from. */
export const enterLogin = (sql: Sql, method: string, login: string, address: string, now: Date): Promise<void> =>
  logLogin(sql, { actor: login, method, request_id: newRequestId(now), now }, address);

function countedBy(vault: Vault, { login, address, known }: Prover) {
  const origin = guesserOf(vault, 'address', addressGroup(address));
  if (known !== undefined) {
    const own = guesserOf(vault, 'known', `${login} ${known}`);
    return { guessers: [own], limits: [MOST_FAILURES.known], origin: own };
  }
  return {
    guessers: [guesserOf(vault, 'account', login), origin],
    limits: [MOST_FAILURES.account, MOST_FAILURES.address],
    origin,
  };
}

/** What an address counts as: of IPv6 the /64, which one subscriber has whole, an IPv4 address also where IPv6 carries it. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return Buffer.from(parsed.toByteArray().slice(0, IPV6_GROUP_BYTES)).toString('hex');
}

/** The name of the cookie by which a browser is known to an account, without telling which. */
export const deviceCookieOf = (vault: Vault, login: string): string =>
  `piaoquan_device_${vault.hash(DEVICE_PURPOSE, login).toString('hex').slice(0, 12)}`;

/** What a browser keeps in which somebody has logged in: a random name and its proof for this account. */
export function newDevice(vault: Vault, login: string): string {
  const name = newToken();
  return `${name}.${proofOf(vault, login, name).toString('base64url')}`;
}

/** The random name of a browser in which an account has logged in; undefined where the proof is not of this account. */
export function readDevice(vault: Vault, login: string, device: string | undefined): string | undefined {
  const [name, proof] = device?.split('.', 2) ?? [];
  if (name === undefined || proof === undefined) return undefined;
  const given = Buffer.from(proof, 'base64url');
  const right = proofOf(vault, login, name);
  return given.length === right.length && timingSafeEqual(given, right) ? name : undefined;
}

const proofOf = (vault: Vault, login: string, name: string): Buffer => vault.hash(DEVICE_PURPOSE, `${login} ${name}`);
