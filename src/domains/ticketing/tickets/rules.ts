import { isOver } from '../../../contract/period.ts';

/** What a ticket code says. Short names keep the QR code small. */
export type Payload = {
  /** Ticket id. */
  readonly t: number;
  /** Event id. */
  readonly e: number;
  /** Tenant id, which tells whose key has signed. */
  readonly o: number;
  /** Good until this second of the epoch, inclusive: the end of the show. */
  readonly x: number;
};

/** A code taken apart, its signature not yet checked. */
export type Code = {
  readonly key_id: string;
  readonly payload: Payload;
  readonly signed: string;
  readonly signature: Buffer;
};

const FORM = /^PQ1\.([0-9a-f]{8})\.([\w-]{1,400})\.([\w-]{86})$/;
const NUMBERS = ['t', 'e', 'o', 'x'] as const;

/**
 * The text of a code: `PQ1.<key id>.<payload>.<signature>`, payload and signature in base64url. The signature is Ed25519
 * over everything before its dot.
 */
export function codeText(key_id: string, payload: Payload, signer: (text: string) => Buffer): string {
  const text = `PQ1.${key_id}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${text}.${signer(text).toString('base64url')}`;
}

/** Takes a code apart, without the blanks and line ends that a scanner puts around it; undefined when it has not its form. */
export function readCode(scanned: string): Code | undefined {
  const text = scanned.trim();
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [, key_id = '', body = '', signature = ''] = found;
  const payload = readPayload(Buffer.from(body, 'base64url').toString());
  const signed = text.slice(0, text.lastIndexOf('.'));
  return payload && { key_id, payload, signed, signature: Buffer.from(signature, 'base64url') };
}

function readPayload(json: string): Payload | undefined {
  try {
    const payload = JSON.parse(json) as Payload;
    return NUMBERS.every((name) => Number.isSafeInteger(payload[name])) ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** Until when a code is good: the end of the show, as a second of the epoch. */
export const validUntil = (event_show_end_time: Date): number => Math.floor(event_show_end_time.getTime() / 1000);

/** A ticket's state at an instant: 1 unused, 2 checked, 4 refunded, 6 over with its show. */
export function ticketState(
  ticket: { readonly ticket_status: number; readonly event_show_end_time: Date },
  now: Date,
): 1 | 2 | 4 | 6 {
  if (ticket.ticket_status === 4) return 4;
  if (isOver(ticket.event_show_end_time, now)) return 6;
  return ticket.ticket_status === 2 ? 2 : 1;
}
