import { platformError, type TopError } from '../contract/errors.ts';
import type { Contract } from '../contract/method.ts';
import { baseText, isSignMethod, type Parameters, withoutEmpties } from '../wire/base-text.ts';
import type { Format } from '../wire/render.ts';
import { equalSignatures, sign, signLegacy } from '../wire/sign.ts';
import { parseTimestamp } from '../wire/time.ts';
import { type App, allowsAddress } from './apps.ts';
import type { Session } from './sessions.ts';

/** How far a caller's clock may be off, either side (TOP protocol 2). */
export const TIMESTAMP_TOLERANCE_MS = 10 * 60 * 1000;

/** The spelling a caller asks for; XML when the wish is none or unreadable (TOP protocol 2). */
export function formatOf(parameters: Parameters): Format {
  if (parameters.get('format') !== 'json') return 'xml';
  return parameters.get('simplify') === 'true' ? 'simplified' : 'json';
}

/** Checks app_key, timestamp, format, v and sign for presence and form, in the order of TOP protocol 6.3. */
export function checkPublicParameters(parameters: Parameters, now: Date): void {
  if (!parameters.get('app_key')) throw platformError('missing-app-key');
  const timestamp = parameters.get('timestamp');
  if (!timestamp) throw platformError('missing-timestamp');
  const claimed = parseTimestamp(timestamp);
  if (claimed === undefined || Math.abs(claimed.getTime() - now.getTime()) > TIMESTAMP_TOLERANCE_MS)
    throw platformError('invalid-timestamp');
  const format = parameters.get('format');
  if (format && format !== 'xml' && format !== 'json') throw platformError('invalid-format');
  checkVersion(parameters.get('v'));
  if (!parameters.get('sign')) throw platformError('missing-signature');
}

function checkVersion(version: string | undefined): void {
  if (version === '2.0') return;
  if (!version) throw platformError('missing-version');
  throw platformError(/^\d+(\.\d+)?$/.test(version) ? 'unsupported-version' : 'invalid-version');
}

/** How signatures are taken: the old form without `sign_method`, and whether a refusal shows the text that was signed. */
export type SignPolicy = { readonly legacySign: boolean; readonly explain: boolean };

/**
 * Verifies a call's signature against every live secret of its app, in constant time (TOP protocol 4). Parameters count
 * as received, empty ones included; when that fails and there are empty ones, once more without them (4.5).
 * @param body raw text of a body that is not a form
 * @returns the refusal, or undefined when the signature is right
 */
export function refuseSignature(
  parameters: Parameters,
  body: string,
  app: App,
  now: Date,
  policy: SignPolicy,
): TopError | undefined {
  const received = parameters.get('sign') ?? '';
  const method = parameters.get('sign_method') ?? '';
  const digest = isSignMethod(method) ? method : undefined;
  if (digest === undefined && !(method === '' && policy.legacySign))
    return platformError('invalid-signature', { sub_msg: 'sign_method 应为 md5、hmac 或 hmac-sha256' });
  const matches = (signed: Parameters): boolean =>
    app.secrets.some(
      ({ text, expires_at }) =>
        (expires_at === null || expires_at > now) &&
        equalSignatures(received, digest ? sign(digest, text, signed, body) : signLegacy(text, signed, body)),
    );
  if (matches(parameters)) return undefined;
  const trimmed = withoutEmpties(parameters);
  if (trimmed.size < parameters.size && matches(trimmed)) return undefined;
  return platformError(
    'invalid-signature',
    policy.explain ? { sub_msg: `服务器参与签名的文本（不含密钥）：${baseText(parameters)}${body}` } : {},
  );
}

/** The session's refusal by platform errors 26 and 27, or undefined when it serves this app now. */
export function refuseSession(
  session_key: string | undefined,
  session: Session | undefined,
  app_key: string,
  now: Date,
): TopError | undefined {
  if (!session_key) return platformError('missing-session');
  if (session === undefined) return platformError('invalid-session');
  if (session.app_key !== app_key) return platformError('foreign-session');
  if (session.revoked_at !== null || session.expires_at <= now) return platformError('session-expired');
  return undefined;
}

/** The refusal of an app that may not call a method or not from an address, or undefined (TOP protocol 6.4, code 11). */
export function refusePermission(app: App, contract: Contract, address: string): TopError | undefined {
  if (app.packages.size === 0) return platformError('api-package-empty');
  if (!app.packages.has(contract.package))
    return platformError('api-package-limit', { sub_msg: `scope ids is ${contract.package}` });
  if (!allowsAddress(app, address))
    return platformError('ip-whitelist-limit', {
      sub_msg: `The appkey ${app.app_key} is only allowed to call from ${app.ip_allow?.printed}, but your ip is ${address}`,
    });
  return undefined;
}
