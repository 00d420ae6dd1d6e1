import type { DatePattern } from '../contract/schema.ts';

const GMT8_MS = 8 * 3600 * 1000;
const PLAIN = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;

/** Spells an instant in GMT+8 by a pattern of the contract (TOP protocol 3). */
export function formatInstant(instant: Date, pattern: DatePattern = 'yyyy-MM-dd HH:mm:ss'): string {
  const iso = new Date(instant.getTime() + GMT8_MS).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, pattern.length)}`;
}

/** Reads `yyyy-MM-dd HH:mm:ss` in GMT+8; undefined when the text has another form or names no real time. */
export function parseInstant(text: string): Date | undefined {
  const parts = PLAIN.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second) - GMT8_MS);
  return formatInstant(instant) === text ? instant : undefined;
}

/**
 * Reads the public parameter `timestamp`: GMT+8 text, or epoch milliseconds in 13 digits as the official Python client
 * sends (client notes, defaults). Undefined when it is neither.
 */
export const parseTimestamp = (text: string): Date | undefined =>
  /^\d{13}$/.test(text) ? new Date(Number(text)) : parseInstant(text);
