import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';
import { tellNotRun } from './not-run.ts';
import { until } from './until.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Where a Chromium is: on the path, or where `npx playwright-core install chromium` puts it. Undefined when there is
 * none, which the table at the end of the run tells. Throws instead when the environment
 * has PIAOQUAN_BROWSER=required.
 */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [...places, chromium.executablePath()].find((place) => place !== '' && existsSync(place));
  if (found === undefined && process.env.PIAOQUAN_BROWSER === 'required')
    throw new Error('no chromium or google-chrome on PATH');
  if (found === undefined)
    tellNotRun(
      'pages in a browser',
      'no chromium or google-chrome on PATH (npx playwright-core install chromium brings one)',
    );
  return found;
}

/** Starts a browser without a window. */
export const launchChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });

/** A page under watch. */
export type WatchedPage = {
  readonly page: Page;
  /** What went wrong on it: errors in the console, exceptions, refusals by policy, missing files. */
  readonly problems: string[];
  /** Waits until the page has shown all that it asked for; code alone where answers may be held back. */
  settled(what?: 'all' | 'code'): Promise<void>;
};

/** Resolves when the page has nothing left to do, not even what a busy machine put off. */
const IDLE = `new Promise((done) => requestIdleCallback(() => requestAnimationFrame(() =>
  requestIdleCallback(done, { timeout: 5000 })), { timeout: 5000 }))`;
const ANSWERS = ['fetch', 'xhr'];

/**
 * Opens a page whose every fault is noted, for a reader who wants no motion: what opens stands there at once.
 * @param origin the only place that the page may ask for anything
 */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  // Less than a test has, so that what was waited for is told.
  page.setDefaultTimeout(60_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  const asked = new Set<Request>();
  page.on('requestfinished', (request) => asked.delete(request));
  page.on('requestfailed', (request) => asked.delete(request));
  page.on('request', (request) => {
    // A stream never ends.
    if (request.resourceType() !== 'eventsource') asked.add(request);
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`))
      problems.push(`asks elsewhere: ${request.url()}`);
  });
  const settled = async (what: 'all' | 'code' = 'all'): Promise<void> => {
    const isWaitedFor = (request: Request) => what === 'all' || !ANSWERS.includes(request.resourceType());
    const isDone = () => ![...asked].some(isWaitedFor);
    await until(async () => isDone() && (await page.evaluate(IDLE).then(isDone)), Boolean);
  };
  return { page, problems, settled };
}
