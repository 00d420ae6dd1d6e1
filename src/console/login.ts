import { randomInt } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import { logged } from '../database/change-log.ts';
import { endSessions, removeTotp } from '../database/operators.ts';
import { newRequestId } from '../gateway/request-id.ts';
import { hashPassword, isPassword } from '../secrets/password.ts';
import { TOTP_SECRET } from '../secrets/sealed.ts';
import type { Vault } from '../secrets/vault.ts';
import { type Body, ConsoleError, optionalText, textOf } from './errors.ts';
import { enterLogin, guarded, type LoginParts } from './login-guard.ts';
import { findLink, makeFirstOwner, resetByLink } from './operator-links.ts';
import {
  type Account,
  beginSession,
  confirmTotp,
  findAccount,
  type Origin,
  offerTotp,
  sessionHash,
  setPassword,
  takeRecovery,
  takeStep,
} from './operators.ts';

const TOTP_SECONDS = 30;
const RECOVERY_CODES = 10;
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A session that has begun: the operator's login and the text of the cookie. */
export type Begun = { readonly login: string; readonly cookie: string };

/** Begins the session of who has proved an account. Throws `wrong-login` when that has changed. */
export async function startSession(
  { sql, vault, clock, onLogin }: LoginParts,
  proof: { login: string; origin: Origin; account?: Account },
): Promise<Begun> {
  const now = clock();
  const cookie = await beginSession(sql, vault, { ...proof, now });
  if (cookie === undefined) throw new ConsoleError('wrong-login');
  const { login, origin } = proof;
  onLogin({ outcome: 'success', login, address: origin.address });
  await enterLogin(sql, 'console.login', login, origin.address, now);
  return { login, cookie };
}

/**
 * Logs an operator in and begins the session. Fields: `login`, `password`, `code` (second factor or recovery).
 * @param deviceOf the random name of a browser in which a login has been proved before
 */
export async function logIn(
  parts: LoginParts,
  body: Body,
  origin: Origin,
  deviceOf: (login: string) => string | undefined,
): Promise<Begun> {
  const login = textOf(body, 'login').trim().toLowerCase();
  const password = textOf(body, 'password');
  const code = optionalText(body, 'code');
  return guarded(parts, { login, address: origin.address, known: deviceOf(login) }, async () => {
    const account = await findAccount(parts.sql, login);
    if (!(await isPassword(password, account?.password_hash)) || account === undefined)
      throw new ConsoleError('wrong-login');
    if (account.totp) await proveFactor(parts, account, code);
    return startSession(parts, { login, origin, account });
  });
}

/** Takes a code of the authenticator, or a recovery code, once. */
async function proveFactor({ sql, vault, clock }: LoginParts, account: Account, code: string | undefined) {
  if (code === undefined) throw new ConsoleError('totp-required', { field: 'code' });
  const plain = code.replace(/[\s-]/g, '').toLowerCase();
  const step = stepOf(vault, account, plain, clock());
  const taken =
    step === undefined
      ? await takeRecovery(sql, vault, account.login, plain)
      : await takeStep(sql, account.login, step);
  if (!taken) throw new ConsoleError('wrong-totp', { field: 'code' });
}

/** The time step whose code this is, of the present one and its two neighbours (RFC 6238 5.2); undefined for another text. */
function stepOf(vault: Vault, { login, totp_sealed }: Account, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code) || totp_sealed === null) return undefined;
  const secret = vault.open(TOTP_SECRET, [login], totp_sealed);
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: TOTP_SECONDS });
  return result.valid ? Math.floor(epoch / TOTP_SECONDS) + result.delta : undefined;
}

/** Refuses a password that is easily guessed; `field` names it. */
function strongPassword(body: Body, field: string, login: string): string {
  const password = textOf(body, field);
  const weak = password.length < 10 || password.toLowerCase().includes(login) || new Set(password).size < 3;
  if (weak) throw new ConsoleError('weak-password', { field });
  return password;
}

/**
 * Makes the first owner by the link of the first start and logs it in. Fields: `token`,
 * `login`, `display_name`, `password`.
 */
export async function setUp(parts: LoginParts, body: Body, origin: Origin): Promise<Begun> {
  const { sql, vault, clock } = parts;
  const token = textOf(body, 'token');
  const login = textOf(body, 'login', { most: 32 }).trim().toLowerCase();
  if (!/^[a-z][a-z0-9._-]{2,31}$/.test(login)) throw new ConsoleError('wrong-field', { field: 'login' });
  const display_name = textOf(body, 'display_name', { most: 64 });
  const password = strongPassword(body, 'password', login);
  const now = clock();
  // A password is hashed for none but the bearer of a good link.
  if ((await findLink(sql, vault, token, now))?.login !== null) throw new ConsoleError('setup-link');
  const owner = { login, display_name, password_hash: await hashPassword(password) };
  const writer = writerOf(login, 'console.setup', now);
  const made = await sql.begin((tx) =>
    logged(tx, writer, [operatorRow(login)], () => makeFirstOwner(tx, vault, { token, owner, now })),
  );
  if (!made) throw new ConsoleError('setup-link');
  return startSession(parts, { login, origin });
}

/**
 * Sets a new password by the link that the command line made, and logs in without a second factor.
 * Fields: `token`, `password`.
 */
export async function resetPassword(parts: LoginParts, body: Body, origin: Origin): Promise<Begun> {
  const { sql, vault, clock } = parts;
  const token = textOf(body, 'token');
  const now = clock();
  const login = (await findLink(sql, vault, token, now))?.login;
  if (login == null) throw new ConsoleError('reset-link');
  const password_hash = await hashPassword(strongPassword(body, 'password', login));
  const writer = writerOf(login, 'console.reset', now);
  if (!(await resetByLink(sql, vault, { token, login, password_hash }, writer))) throw new ConsoleError('reset-link');
  return startSession(parts, { login, origin });
}

const operatorRow = (login: string) => ['platform_operator', { login }] as const;
const sessionRows = (login: string) => ['platform_operator_session', { login }] as const;

const writerOf = (actor: string, method: string, now: Date) => ({ actor, method, request_id: newRequestId(now), now });

/** A logged-in operator with the cookie of the session. */
export type LoggedIn = { readonly login: string; readonly token: string; readonly address: string };

/** The account of a logged-in operator once its password is proved, and what else is to be proved in the same attempt. */
async function proved(
  parts: LoginParts,
  { login, address, token }: LoggedIn,
  password: string,
  also: (account: Account) => Promise<void> = async () => {},
): Promise<Account> {
  return guarded(parts, { login, address, known: token }, async () => {
    const account = await findAccount(parts.sql, login);
    if (account === undefined) throw new ConsoleError('no-session');
    if (account.password_hash === null) throw new ConsoleError('no-password');
    if (!(await isPassword(password, account.password_hash)))
      throw new ConsoleError('wrong-password', { field: 'password' });
    await also(account);
    return account;
  });
}

/** Changes one's own password and ends all other sessions. Fields: `password` (the present one), `new_password`. */
export async function changePassword(parts: LoginParts, body: Body, own: LoggedIn): Promise<object> {
  const { sql, vault, clock } = parts;
  const fresh = strongPassword(body, 'new_password', own.login);
  const present = textOf(body, 'password');
  if (fresh === present) throw new ConsoleError('wrong-field', { field: 'new_password' });
  const account = await proved(parts, own, present);
  const password_hash = await hashPassword(fresh);
  const { login } = own;
  const writer = writerOf(login, 'console.password', clock());
  await sql.begin((tx) =>
    logged(tx, writer, [operatorRow(login), sessionRows(login)], async () => {
      // An owner may have given another password meanwhile, which stands.
      if (!(await setPassword(tx, login, password_hash, account.password_hash)))
        throw new ConsoleError('wrong-password', { field: 'password' });
      await endSessions(tx, login, sessionHash(vault, own.token));
    }),
  );
  return {};
}

/** Offers a second factor: its secret and the address that authenticators read as a QR code. Field: `password`. */
export async function offerFactor(parts: LoginParts, body: Body, own: LoggedIn) {
  const { login } = await proved(parts, own, textOf(body, 'password'));
  const secret = generateSecret();
  const offered = await offerTotp(parts.sql, login, parts.vault.seal(TOTP_SECRET, [login], secret));
  if (!offered) throw new ConsoleError('totp-is-on');
  return { secret, otpauth_uri: generateURI({ issuer: 'Piaoquan', label: login, secret }) };
}

/** Confirms the second factor by its first code, ends all other sessions, and shows the recovery codes once. Field: `code`. */
export async function confirmFactor(parts: LoginParts, body: Body, own: LoggedIn) {
  const { sql, vault, clock } = parts;
  const code = textOf(body, 'code').replace(/\s/g, '');
  const account = await findAccount(sql, own.login);
  if (account?.totp) throw new ConsoleError('totp-is-on');
  if (account === undefined || account.totp_sealed === null) throw new ConsoleError('totp-is-off');
  const now = clock();
  const codes = Array.from({ length: RECOVERY_CODES }, drawRecovery);
  const step = stepOf(vault, account, code, now);
  if (step === undefined) throw new ConsoleError('wrong-totp', { field: 'code' });
  const writer = writerOf(own.login, 'console.totp.confirm', now);
  const rows = [operatorRow(own.login), sessionRows(own.login)];
  await sql.begin(async (tx) => {
    const plain = codes.map((each) => each.replace('-', ''));
    if (!(await takeStep(tx, own.login, step))) throw new ConsoleError('wrong-totp', { field: 'code' });
    await logged(tx, writer, rows, async () => {
      if (!(await confirmTotp(tx, vault, own.login, { codes: plain, now }))) throw new ConsoleError('totp-is-on');
      await endSessions(tx, own.login, sessionHash(vault, own.token));
    });
  });
  return { recovery_codes: codes };
}

/** A recovery code of 49 bits. */
function drawRecovery(): string {
  const draw = (): string =>
    Array.from({ length: 5 }, () => RECOVERY_ALPHABET[randomInt(RECOVERY_ALPHABET.length)]).join('');
  return `${draw()}-${draw()}`;
}

/** Takes the second factor away. Fields: `password`, `code`. */
export async function removeFactor(parts: LoginParts, body: Body, own: LoggedIn): Promise<object> {
  const code = textOf(body, 'code');
  await proved(parts, own, textOf(body, 'password'), async (account) => {
    if (!account.totp) throw new ConsoleError('totp-is-off');
    await proveFactor(parts, account, code);
  });
  const writer = writerOf(own.login, 'console.totp.remove', parts.clock());
  await parts.sql.begin((tx) => logged(tx, writer, [operatorRow(own.login)], () => removeTotp(tx, own.login)));
  return {};
}
