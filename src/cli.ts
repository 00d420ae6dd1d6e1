#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { type Command, CommanderError } from 'commander';
import { commandLine } from './cli/commands.ts';
import { EXIT, type Io } from './cli/io.ts';
import { asStartError } from './database/errors.ts';
import { TopError, TopNetworkError } from './sdk/errors.ts';
import { StartError } from './start-error.ts';

/** What an operator is told of a failure: one line, and how the command ends. */
type Failure = { readonly exit_code: number; readonly message: string; readonly error?: object };

/**
 * Runs a command line to its end and gives its exit code: 0 done, 1 could not be done, 2 the platform answered with an
 * error, 3 a check found something wrong, 64 wrong usage. Failures are told in one line on standard error, which is JSON
 * when the command was asked for JSON. Throws what is a fault of ours.
 */
export async function runCommandLine(args: readonly string[], io: Io): Promise<number> {
  const program = commandLine(io);
  quieten(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    const failure = await failureOf(error);
    if (failure === undefined) throw error;
    const { message, exit_code } = failure;
    if (message !== '') io.err(`${args.includes('--json') ? JSON.stringify(failure) : `piaoquan: ${message}`}\n`);
    return exit_code;
  }
}

/** Has commander throw instead of writing and ending by itself. */
function quieten(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.out(text),
    writeErr: (text) => io.err(text),
    outputError: () => undefined,
  });
  for (const below of command.commands) quieten(below, io);
}

async function failureOf(thrown: unknown): Promise<Failure | undefined> {
  const error = asStartError(thrown);
  if (error instanceof CommanderError) return usageFailure(error);
  if (error instanceof TopError) return refusal(error);
  if (error instanceof StartError || error instanceof TopNetworkError)
    return { exit_code: EXIT.failed, message: error.message };
  return undefined;
}

/** What the platform said; for what is not the method's own business also what to do about it. */
async function refusal({ method, message, code, msg, sub_code, sub_msg, request_id }: TopError): Promise<Failure> {
  const { adviceOf } = await import('./cli/advice.ts');
  const advice = code === 15 ? undefined : adviceOf(method, { code, sub_code });
  return {
    exit_code: EXIT.refused,
    message: advice === undefined ? message : `${message} ${advice}`,
    error: { code, msg, sub_code, sub_msg, request_id },
  };
}

function usageFailure({ code, exitCode, message }: CommanderError): Failure {
  // Help was asked for, or stands there for want of a command.
  if (code === 'commander.helpDisplayed') return { exit_code: exitCode, message: '' };
  if (code === 'commander.help') return { exit_code: EXIT.usage, message: '' };
  const words = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const lost = code === 'commander.unknownCommand' && !words.includes('Did you mean');
  return { exit_code: EXIT.usage, message: lost ? `${words}: piaoquan help lists them all` : words };
}

/** The command line of this process. */
function processIo(): Io {
  const interrupted = new AbortController();
  return {
    env: undefined,
    out: (words) => void process.stdout.write(words),
    err: (words) => void process.stderr.write(words),
    input: () => text(process.stdin),
    terminal: process.stderr.isTTY === true,
    shown: process.stdout.isTTY === true,
    get signal() {
      process.once('SIGINT', () => interrupted.abort());
      return interrupted.signal;
    },
    exitCode: EXIT.done,
  };
}

if (import.meta.main) {
  // Whoever reads us may have seen enough, as `| head` has.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
}
