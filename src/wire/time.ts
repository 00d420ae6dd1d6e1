import { GMT8_MS, gmt8 } from '../contract/gmt8.ts';
import type { DatePattern } from '../contract/schema.ts';
import { remember } from '../remember.ts';

const DAY_MS = 24 * 3600 * 1000;
// The year 1 of GMT+8 begins before the first year that databases know.
const SPELLED = /^(?!000[01])\d{4}-\d{2}-\d{2} (?!24)\d{2}:\d{2}(:\d{2})?$/;
const ISO_LENGTH = 24;

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

// Answers speak of few days, and calls of one second bear the same timestamp: the last ones are kept, since making a
// date text is the dearest part of writing one.
const keptDays = new Map<number, string>();
const keptTimestamps = new Map<string, Date | undefined>();
const MOST_KEPT = 256;

function dayText(day: number): string {
  let text = keptDays.get(day);
  if (text === undefined) {
    const iso = new Date(day * DAY_MS).toISOString();
    if (iso.length !== ISO_LENGTH) throw new RangeError(`the year of ${iso} has not four digits`);
    text = remember(keptDays, MOST_KEPT, day, iso.slice(0, 10));
  }
  return text;
}

/**
 * Spells an instant in GMT+8 by a pattern of the contract (TOP protocol 3). Throws RangeError when it is no instant or
 * its year there has not four digits.
 */
export function formatInstant(instant: Date, pattern: DatePattern = 'yyyy-MM-dd HH:mm:ss'): string {
  const local = instant.getTime() + GMT8_MS;
  const day = Math.floor(local / DAY_MS);
  const second = Math.floor((local - day * DAY_MS) / 1000);
  const minute = Math.floor(second / 60);
  const text = `${dayText(day)} ${TWO_DIGITS[Math.floor(minute / 60)]}:${TWO_DIGITS[minute % 60]}`;
  return pattern === 'yyyy-MM-dd HH:mm' ? text : `${text}:${TWO_DIGITS[second % 60]}`;
}

/** Reads a text spelled by a pattern in GMT+8; undefined when it has another form or names no real time. */
export function parseInstant(text: string, pattern: DatePattern = 'yyyy-MM-dd HH:mm:ss'): Date | undefined {
  if (text.length !== pattern.length || !SPELLED.test(text)) return undefined;
  const instant = gmt8(text);
  // A day that its month has not is taken for one of the next month, and then reads otherwise.
  return !Number.isNaN(instant.getTime()) && formatInstant(instant, pattern) === text ? instant : undefined;
}

/** Why a value is no instant of a pattern, in Chinese: it has another form, or its form is right and there is no such time. */
export function faultOfInstant(value: unknown, pattern: DatePattern = 'yyyy-MM-dd HH:mm:ss'): string {
  const hasForm =
    typeof value === 'string' &&
    value.length === pattern.length &&
    value.replace(/\d/g, '0') === pattern.replace(/[a-zA-Z]/g, '0');
  return hasForm ? '没有这个日期或时刻' : `应为 ${pattern}（GMT+8）`;
}

const EPOCH = /^\d{10}(\d{3})?$/;

/**
 * Reads the public parameter `timestamp`: GMT+8 text, epoch milliseconds in 13 digits as the official Python client
 * sends (client notes, defaults), or epoch seconds in 10 as TOP's C SDK does. Undefined when it is none of them.
 */
export function parseTimestamp(text: string): Date | undefined {
  if (text.length > 19) return undefined;
  if (keptTimestamps.has(text)) return keptTimestamps.get(text);
  const instant = EPOCH.test(text) ? new Date(Number(text.padEnd(13, '0'))) : parseInstant(text);
  return remember(keptTimestamps, MOST_KEPT, text, instant);
}
