import { platformError, type TopError } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { isSignMethod, type Parameters, withoutEmpties } from '../wire/base-text.ts';
import {
  invalidFormat,
  invalidSession,
  invalidTimestamp,
  invalidVersion,
  missing,
  unknownSession,
} from '../wire/diagnosis/causes.ts';
import type { Format } from '../wire/render.ts';
import { equalSignatures, sign, signLegacy } from '../wire/sign.ts';
import { formatInstant, parseTimestamp } from '../wire/time.ts';
import { type App, allowsAddress, allowsDigest } from './apps.ts';
import type { Session } from './sessions.ts';

/** How far a caller's clock may be off, either side (TOP protocol 2). */
export const TIMESTAMP_TOLERANCE_MS = 10 * 60 * 1000;

/** The spelling a caller asks for; XML when the wish is none or unreadable (TOP protocol 2). */
export function formatOf(parameters: Parameters): Format {
  if (parameters.get('format') !== 'json') return 'xml';
  return isTrue(parameters.get('simplify')) ? 'simplified' : 'json';
}

/** Whether a switch is on; several languages write it `True`. */
const isTrue = (text: string | undefined): boolean =>
  text !== undefined && (text === 'true' || text.trim().toLowerCase() === 'true');

/** The name of the method that is called. Throws platform error 21. */
export function methodOf(parameters: Parameters, now: Date): string {
  const name = parameters.get('method');
  if (!name) throw missing('method', parameters, now);
  return name;
}

/** Checks app_key, timestamp, format, v and sign for presence and form, in the order of TOP protocol 6.3. */
export function checkPublicParameters(parameters: Parameters, now: Date): void {
  if (!parameters.get('app_key')) throw missing('app_key', parameters, now);
  const timestamp = parameters.get('timestamp');
  if (!timestamp) throw missing('timestamp', parameters, now);
  const claimed = parseTimestamp(timestamp);
  if (claimed === undefined || Math.abs(claimed.getTime() - now.getTime()) > TIMESTAMP_TOLERANCE_MS)
    throw invalidTimestamp(timestamp, claimed, now);
  const format = parameters.get('format');
  if (format && format !== 'xml' && format !== 'json') throw invalidFormat(format);
  const version = parameters.get('v');
  if (!version) throw missing('v', parameters, now);
  if (version !== '2.0') throw invalidVersion(version);
  if (!parameters.get('sign')) throw missing('sign', parameters, now);
}

/** How signatures are taken: whether in the old form without `sign_method` too. */
export type SignPolicy = { readonly legacySign: boolean };

/**
 * Verifies a call's signature against every live secret of its app, in constant time (TOP protocol 4). Parameters count
 * as received, empty ones included; when that fails and there are empty ones, once more without them (4.5).
 * @param body raw text of a body that is not a form
 * @returns the bare refusal, whose cause is another's to find, or undefined when the signature is right
 */
export function signatureRefusal(
  parameters: Parameters,
  body: string,
  app: App,
  now: Date,
  policy: SignPolicy,
): TopError | undefined {
  const received = parameters.get('sign') ?? '';
  const method = parameters.get('sign_method') ?? '';
  const digest = isSignMethod(method) ? method : undefined;
  if (digest === undefined && !(method === '' && policy.legacySign)) return platformError('invalid-signature');
  if (!allowsDigest(app, digest ?? 'md5')) return platformError('invalid-signature');
  const matches = (signed: Parameters): boolean =>
    app.secrets.some(
      ({ text, expires_at }) =>
        (expires_at === null || expires_at > now) &&
        equalSignatures(received, digest ? sign(digest, text, signed, body) : signLegacy(text, signed, body)),
    );
  if (matches(parameters)) return undefined;
  const trimmed = withoutEmpties(parameters);
  if (trimmed.size < parameters.size && matches(trimmed)) return undefined;
  return platformError('invalid-signature');
}

/**
 * The session's refusal by platform errors 26 and 27, or undefined when it serves this app now.
 * @param session what the parameter `session` names
 */
export function sessionRefusal(
  parameters: Parameters,
  session: Session | undefined,
  app_key: string,
  now: Date,
): TopError | undefined {
  const session_key = parameters.get('session');
  if (!session_key) return missing('session', parameters, now);
  if (session === undefined) return invalidSession('invalid-session', unknownSession(session_key));
  if (session.app_key !== app_key) return platformError('foreign-session');
  if (session.revoked_at !== null) return invalidSession('session-expired', { zh: '已被撤销', en: 'it was revoked' });
  if (session.expires_at > now) return undefined;
  const until = formatInstant(session.expires_at);
  return invalidSession('session-expired', { zh: `${until} 已过期`, en: `it ended at ${until}, GMT+8` });
}

/** The refusal of an app that may not call a method or not from an address, or undefined (TOP protocol 6.4, code 11). */
export function permissionRefusal(app: App, contract: Contract, address: string): TopError | undefined {
  if (app.packages.size === 0) return platformError('api-package-empty');
  if (!app.packages.has(contract.package))
    return platformError('api-package-limit', { sub_msg: `scope ids is ${contract.package}` });
  if (!allowsAddress(app, address))
    return platformError('ip-whitelist-limit', {
      sub_msg: `The appkey ${app.app_key} is only allowed to call from ${app.ip_allow?.printed}, but your ip is ${address}`,
    });
  return undefined;
}
