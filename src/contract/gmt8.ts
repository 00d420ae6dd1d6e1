/** How far the clocks of GMT+8 are ahead of UTC, in milliseconds: all times on the wire are theirs (TOP protocol 3). */
export const GMT8_MS = 8 * 3_600_000;

const DAY_MS = 24 * 3_600_000;

/** The instant of a time of GMT+8 that is known to be one, `2026-01-02 03:04:05`. */
export const gmt8 = (text: string): Date => new Date(`${text.replace(' ', 'T')}+08:00`);

/** An instant as a time of GMT+8, `2026-01-02 03:04:05`; `formatInstant` of the wire is the one for many answers. */
export const gmt8Text = (instant: Date): string =>
  new Date(instant.getTime() + GMT8_MS).toISOString().slice(0, 19).replace('T', ' ');

/** Number of the day of GMT+8 on which an instant lies, counted from 1970. */
export const gmt8Day = (instant: Date): number => Math.floor((instant.getTime() + GMT8_MS) / DAY_MS);

/** The second in which the day of GMT+8 of a second began, both since the epoch. */
export const gmt8DayStart = (second: number): number => second - ((second + GMT8_MS / 1000) % (DAY_MS / 1000));
