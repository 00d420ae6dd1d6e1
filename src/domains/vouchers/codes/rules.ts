/** Wrong codes allowed within `window` seconds; one more locks for `lock` seconds. */
export type GuessLimit = { wrong: number; window: number; lock: number };

/** Limits of an app as a whole, and of each user that it names. */
export type GuessLimits = { app: GuessLimit; user: GuessLimit };

/**
 * How many wrong codes may be tried. An app serves many users who mistype, so its limit is wide; with GUESS_MARGIN an app
 * that does nothing but guess still finds less than two real codes a day.
 */
export const GUESS_LIMITS: GuessLimits = {
  app: { wrong: 1000, window: 600, lock: 600 },
  user: { wrong: 10, window: 600, lock: 900 },
};

/** A pattern must be able to make at least so many codes for each one made. */
export const GUESS_MARGIN = 100_000n;
