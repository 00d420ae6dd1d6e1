import { type Command, CommanderError } from 'commander';
import { type ClientConfig, readClientConfig } from '../config.ts';
import { addressesOf } from '../sdk/transport.ts';
import { formatInstant } from '../wire/time.ts';

/** What a command reads and writes; a test hands in its own. */
export type Io = {
  /** Settings for config.ts; those of the process when undefined. */
  readonly env: NodeJS.ProcessEnv | undefined;
  /** Writes to standard output as it stands. */
  out(text: string | Uint8Array): void;
  /** Writes to standard error as it stands. */
  err(text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** Whether standard error is a terminal, where progress may be drawn. */
  readonly terminal: boolean;
  /** Whether standard output is one, too: progress would stand between what is printed. */
  readonly shown: boolean;
  /** Ends what would go on for ever. */
  readonly signal: AbortSignal;
  /** How the command ends when it throws nothing; see EXIT. */
  exitCode: number;
};

/** How a command may end. */
export const EXIT = { done: 0, failed: 1, refused: 2, difference: 3, usage: 64 } as const;

/** The exit codes for people. */
export const EXIT_HELP = `
Exit codes:
  0   done
  1   could not be done
  2   the platform answered with an error
  3   a check found something wrong: audit, doctor, sign --explain
  64  wrong usage`;

/** An error for a command line that cannot be meant: ends with 64. */
export const wrongUsage = (message: string): Error => new CommanderError(EXIT.usage, 'piaoquan.usage', message);

/** Options by which a command reaches a server. */
export type ClientOptions = { url?: string; appKey?: string; secret?: string; session?: string };

/** Adds the options by which a command reaches a server. */
export const withClient = (command: Command): Command =>
  command
    .option('--url <url>', 'gateway (PIAOQUAN_URL, else http://127.0.0.1:7001/router/rest)')
    .option('--app-key <key>', "key of the app (PIAOQUAN_APP_KEY, else the sandbox's)")
    .option('--secret <secret>', "secret of the app (PIAOQUAN_APP_SECRET, else the sandbox's)")
    .option('--session <key>', 'session key of the user (PIAOQUAN_SESSION)');

/** Where and as whom a command calls: its options over the environment. Throws wrong usage for an address that is none. */
export function clientSettings(io: Io, options: ClientOptions): ClientConfig {
  const config = readClientConfig(io.env);
  return {
    ...config,
    url: gatewayOf(options.url ?? config.url),
    app_key: options.appKey ?? config.app_key,
    secret: options.secret ?? config.secret,
    session: options.session ?? config.session,
  };
}

function gatewayOf(url: string): string {
  try {
    return addressesOf(url).rest;
  } catch (error) {
    throw wrongUsage((error as TypeError).message);
  }
}

/** A whole number of an option. Throws wrong usage naming it. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw wrongUsage(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

/** Columns a text takes in a terminal: Chinese characters and full-width signs take two. */
const widthOf = (text: string): number => text.length + (text.match(/[\u1100-\u115f\u2e80-\uffe6]/g)?.length ?? 0);

/** Lines of a table whose columns stand below each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? '')))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
      )
      .join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Prints a value as one line of JSON, its instants as on the wire. */
export function printJson(io: Io, value: unknown): void {
  // JSON has made ISO text of a Date by the time it asks.
  const spell = function (this: Record<string, unknown>, name: string, text: unknown): unknown {
    const own = this[name];
    return own instanceof Date ? formatInstant(own) : text;
  };
  io.out(`${JSON.stringify(value, spell)}\n`);
}
