import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SampleId, sampleLanguages } from '../../src/docs/samples/index.ts';
import { tellNotRun } from './not-run.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

const works = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const hasDotnet = (): boolean => works('dotnet', '--version');

/** The least program that needs of the machine what a language's samples need. It prints "ok". */
const PROBES: Readonly<Record<Exclude<SampleId, 'node' | 'typescript'>, string>> = {
  java: `import java.net.http.HttpClient;
public class Call { public static void main(String[] args) throws Exception {
  HttpClient.newHttpClient(); javax.crypto.Mac.getInstance("HmacSHA256"); System.out.println("ok"); } }`,
  dotnet: `using System; using System.Net.Http; using System.Security.Cryptography;
public class Program { public static void Main() { using (new HttpClient()) using (new HMACSHA256()) Console.WriteLine("ok"); } }`,
  php: `<?php hash_hmac('sha256', '', 'x'); json_encode([]); echo ini_get('allow_url_fopen') ? 'ok' : 'allow_url_fopen is off';`,
  curl: 'curl --version >&2 && printf x | openssl dgst -sha256 -hmac x >&2 && echo ok',
  python: "import hashlib, hmac, json, ssl, urllib.request\nprint('ok')",
  cpp: `#include <cstdio>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
int main() { unsigned char out[32]; unsigned int size = 0; curl_easy_cleanup(curl_easy_init());
  HMAC(EVP_sha256(), "x", 1, out, 1, out, &size); std::puts("ok"); }`,
};

/** Why a probe did not run: the telling line of what compiler or program said. */
function whyNot(error: unknown): string {
  const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error|not found|cannot/i.test(line)) ?? lines.at(-1) ?? message.split('\n')[0] ?? '';
}

/**
 * The languages whose samples this machine can run, by having it run the least program of each. What it cannot is told
 * in the table at the end.
 */
export async function runnable(ids: readonly SampleId[]): Promise<SampleId[]> {
  const bench = openBench();
  const found: SampleId[] = [];
  for (const id of ids) {
    const missing = id in PROBES ? await tryProbe(bench, id as keyof typeof PROBES) : undefined;
    if (missing === undefined) found.push(id);
    else tellNotRun(`samples in ${sampleLanguages.find((each) => each.id === id)?.label}`, missing);
  }
  bench.close();
  return found;
}

async function tryProbe(bench: Bench, id: keyof typeof PROBES): Promise<string | undefined> {
  try {
    const [printed = ''] = await bench.run(id, [bench.save(id, PROBES[id])]);
    return printed === 'ok' ? undefined : printed;
  } catch (error) {
    return whyNot(error);
  }
}

/** Where samples are saved and run; the zone is far from GMT+8, which must make no difference. */
export type Bench = {
  save(id: SampleId, text: string): string;
  /** @param ahead how far the clock of a Node program is ahead, in milliseconds */
  run(id: SampleId, folders: string[], ahead?: number): Promise<string[]>;
  close(): void;
};

/** Makes a folder for samples. */
export function openBench(): Bench {
  const home = mkdtempSync(join(tmpdir(), 'piaoquan-samples-'));
  installSdk(join(home, 'node_modules/piaoquan'));
  return {
    save(id, text) {
      const folder = mkdtempSync(join(home, `${id}-`));
      writeFileSync(join(folder, fileOf(id)), text);
      return folder;
    },
    run: runSamples,
    close: () => rmSync(home, { recursive: true }),
  };
}

/** What installing the package would give, without building it. */
function installSdk(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": { "./sdk": "./sdk/index.ts" } }');
  symlinkSync(join(ROOT, 'src/sdk'), join(folder, 'sdk'));
}

const fileOf = (id: SampleId): string => (sampleLanguages.find((each) => each.id === id) as { file: string }).file;

/** Runs saved samples of a language and gives what each printed, a line at the end left out. */
async function runSamples(id: SampleId, folders: string[], ahead = 0): Promise<string[]> {
  const files = folders.map((folder) => join(folder, fileOf(id)));
  switch (id) {
    case 'java':
      return (await output('java', [...JVM, join(import.meta.dirname, 'RunSamples.java'), ...folders])).split('\n');
    case 'node':
    case 'typescript':
      return (await output(process.execPath, [...inTurn(ahead), ...files])).split('\n\f\n');
    default: {
      const printed: string[] = [];
      for (const folder of folders) printed.push(await runOne(id, folder));
      return printed;
    }
  }
}

/** A JVM that lives for a second or two is faster without its second compiler. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dfile.encoding=US-ASCII'];

const importAll = (ahead: number): string => `const now = Date.now;
Date.now = () => now() + ${ahead};
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }
};
for (const [index, file] of process.argv.slice(1).entries()) {
  if (index > 0) console.log('\\f');
  await import(file);
}`;
const inTurn = (ahead: number) => ['--no-warnings', '--input-type=module', '--eval', importAll(ahead)];

async function runOne(id: Exclude<SampleId, 'java' | 'node' | 'typescript'>, folder: string): Promise<string> {
  const file = fileOf(id);
  switch (id) {
    case 'php':
      return output('php', [file], folder);
    case 'curl':
      return output('sh', [file], folder);
    case 'python':
      return output('python3', [file], folder);
    case 'cpp':
      await output(
        'g++',
        ['-std=c++17', '-Wall', '-Wextra', '-Werror', file, '-o', 'call', '-lcurl', '-lcrypto'],
        folder,
      );
      return output('./call', [], folder);
    default:
      return runDotnet(file, folder);
  }
}

/** By .NET or, without it, by Mono, which takes what .NET Framework takes. */
async function runDotnet(file: string, folder: string): Promise<string> {
  if (hasDotnet()) {
    writeFileSync(join(folder, 'call.csproj'), PROJECT);
    return output('dotnet', ['run'], folder);
  }
  await output('mcs', ['-r:System.Net.Http.dll', '-out:call.exe', file], folder);
  return output('mono', ['call.exe'], folder);
}

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>
<TargetFramework>net$([MSBuild]::GetTargetFrameworkVersion('net$(BundledNETCoreAppTargetFrameworkVersion)'))</TargetFramework>
</PropertyGroup></Project>`;

async function output(command: string, args: string[], cwd = ROOT): Promise<string> {
  const env = { ...process.env, TZ: 'America/New_York', LC_ALL: 'C.UTF-8' };
  const { stdout } = await run(command, args, { cwd, env, timeout: 60_000, maxBuffer: 10_000_000 });
  return stdout.replace(/\n$/, '');
}
