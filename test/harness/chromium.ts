import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { tellNotRun } from './not-run.ts';

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

/** A page, and what went wrong on it: errors in the console, exceptions, refusals by policy, missing files. */
export type WatchedPage = { readonly page: Page; readonly problems: string[] };

/**
 * Opens a page whose every fault is noted.
 * @param origin the only place that the page may ask for anything
 */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(100_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`))
      problems.push(`asks elsewhere: ${request.url()}`);
  });
  return { page, problems };
}
