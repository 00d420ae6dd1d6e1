import type { Label } from '../../src/contract/schema.ts';

/** A refusal of the console's own routes, with words for people. */
export class ApiError extends Error {
  override readonly name = 'DoorError';
  readonly status: number;
  readonly code: string;
  readonly words: Label;
  /** The field of the form that is at fault. */
  readonly field: string | undefined;
  readonly wait_seconds: number | undefined;

  constructor(status: number, error: { code: string; message: Label; field?: string; wait_seconds?: number }) {
    super(`${error.code}: ${error.message.en}`);
    this.status = status;
    this.code = error.code;
    this.words = error.message;
    this.field = error.field;
    this.wait_seconds = error.wait_seconds;
  }
}

const UNREADABLE: Label = {
  zh: '服务器没有给出可读的应答，请稍后再试。',
  en: 'The server gave no readable answer. Try again shortly.',
};

/**
 * Asks a route of the console and gives the text of its answer.
 * Rejects with DoorError when it refuses, with TypeError when it cannot be reached.
 */
export async function exchange(path: string, init: RequestInit): Promise<string> {
  const response = await fetch(`/console/api/${path}`, { credentials: 'same-origin', ...init });
  const text = await response.text();
  if (response.ok) return text;
  throw new ApiError(response.status, refusalOf(text));
}

function refusalOf(text: string): { code: string; message: Label } {
  try {
    const { error } = JSON.parse(text) as { error?: { code: string; message: Label } };
    if (error?.message !== undefined) return error;
  } catch {}
  return { code: 'unreadable', message: UNREADABLE };
}

/** Asks a route of the console by GET, such as `me`. Rejects with DoorError. */
export const ask = async <T>(path: string): Promise<T> => JSON.parse(await exchange(path, {})) as T;

/** Posts JSON to a route of the console, such as `login`. Rejects with DoorError naming the field at fault. */
export const post = async <T>(path: string, body: object, csrf_token = ''): Promise<T> =>
  JSON.parse(
    await exchange(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf_token },
      body: JSON.stringify(body),
    }),
  ) as T;
