import { type ErrorEntry, type PlatformErrorName, platformErrors } from './error-table.ts';
import type { Label } from './schema.ts';

/** What a business error of ours tells programs beside its text; TOP's own methods tell none of it. */
export type ErrorFacts = {
  /** Path of the field that it is about, which platform errors 40 and 41 name behind the colon. */
  argument?: string;
  /** The columns that a file has, in their order. */
  columns?: readonly string[];
};

/** The error an answer carries: what goes inside `error_response`, less the request_id. */
export type ErrorBody = ErrorFacts & { code: number; msg: string; sub_code?: string; sub_msg?: string };

/**
 * A refused call. Thrown anywhere on the request path, it becomes an `error_response` in one place; its text goes to
 * the caller as it stands, so it never holds anything inner.
 */
export class TopError extends Error {
  override name = 'TopError';
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(`${body.code} ${body.msg}${body.sub_code === undefined ? '' : ` ${body.sub_code}`}`);
    this.body = body;
  }
}

/**
 * A platform error ready to throw.
 * @param name entry of the platform error table
 * @param detail what the entry leaves open: the parameter after the colon of 40 and 41, and a sub_msg, which goes out in
 *   both languages where it is given in both
 */
export function platformError(
  name: PlatformErrorName,
  detail: { argument?: string | undefined; sub_msg?: string | Label | undefined } = {},
): TopError {
  const { code, msg, sub_code, sub_msg }: ErrorEntry = platformErrors[name];
  const text = typeof detail.sub_msg === 'object' ? inBoth(detail.sub_msg) : (detail.sub_msg ?? sub_msg);
  return new TopError({
    code,
    msg: detail.argument === undefined ? msg : msg + detail.argument,
    ...(sub_code !== undefined && { sub_code }),
    ...(text !== undefined && { sub_msg: text }),
  });
}

/** A text for a caller whose language is unknown. */
const inBoth = ({ zh, en }: Label): string => `${zh} / ${en}`;

/**
 * Platform error 41 for a parameter that does not fit.
 * @param path the parameter, or the path of a member of it
 * @param why what is wrong, in Chinese
 */
export const invalidArgument = (path: string, why: string): TopError =>
  platformError('invalid-arguments', { argument: path, sub_msg: `参数 ${path} 不合法：${why}` });
