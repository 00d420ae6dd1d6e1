import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openPage, type WatchedPage } from './chromium.ts';
import { until } from './until.ts';

/** A browser at the console, steered as an operator would, by the words and the field names that it sees. */
export type ConsolePage = Pick<WatchedPage, 'page' | 'settled'> & {
  /** What went wrong so far; the first question of a browser that nobody has logged in at is no fault. */
  faults(): string[];
  /** Loads the login as a browser does that was never here: without what it kept, at a desk's width. */
  anew(): Promise<void>;
  /** Goes to a path below `/console` as a link of the console does, without loading it anew, until its page stands there. */
  go(path: string): Promise<void>;
  /** Presses the first button of this name; within the open dialog when there is one. */
  press(name: string | RegExp): Promise<void>;
  /** Fills in the open form, or the page's, by the names of the contract: `segments.0.win_times`. A list of one takes the words of a choice. */
  fill(values: Readonly<Record<string, string | readonly [string]>>): Promise<void>;
  /** Adds an item to a list of the open form, by the words above it. */
  add(legend: string): Promise<void>;
  /** Sends the open form and waits until it is gone. */
  submit(): Promise<void>;
  /** Presses a button that says what it will do, reads that, and presses it there again. */
  confirm(name: string, consequence: string | RegExp): Promise<void>;
  /** Waits until the page shows a text. */
  shows(text: string | RegExp): Promise<void>;
  /** Serious and critical findings of axe-core on the page as it stands, in each theme. */
  findings(): Promise<string[]>;
  /** How far the page reaches beyond its window on a phone, in pixels. */
  overhang(): Promise<number>;
};

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Rows of a table are made alike: the first ones stand for the others. */
const THINNING = `for (const each of document.querySelectorAll('tbody tr:nth-child(n+6)')) each.hidden = true`;
/** The page's width once it has laid itself out anew for a phone, or after twenty seconds if it never fits. */
const LAID_OUT = `new Promise((done) => {
  const last = performance.now() + 20000;
  const look = () => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= innerWidth || performance.now() > last) done(scrollWidth);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;
const MOST_CHOICES = 30;
const LOGGED_OUT = /status of 401/;

/** Opens the console in a browser, at its login unless a path is given. */
export async function openConsolePage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
  path = '/console/',
): Promise<ConsolePage> {
  const watched = await openPage(browser, origin, { locale: 'en-US', viewport: DESK, ...options });
  const { page, problems, settled } = watched;
  await page.goto(path);
  const dialog = page.getByRole('dialog').last();
  /** Finds what is seen in the open dialog, or on the page while none is open; one may open or close meanwhile. */
  const seen = async (find: (place: Locator | Page) => Locator): Promise<Locator> => {
    const look = async () => find((await dialog.isVisible()) ? dialog : page).first();
    const isSeen = (found: Locator) => found.isVisible();
    await until(() => look().then(isSeen), Boolean);
    return look();
  };
  const press = async (name: string | RegExp) => (await seen((at) => at.getByRole('button', { name }))).click();
  return {
    page,
    settled,
    faults: () => problems.splice(0).filter((each) => !LOGGED_OUT.test(each)),
    async anew() {
      await page.evaluate('localStorage.clear(), sessionStorage.clear()');
      await page.context().clearCookies();
      await page.setViewportSize(DESK);
      await page.goto('/console/');
    },
    async go(path) {
      await page.evaluate(
        `history.pushState(null, '', '/console${path}'); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      // Until its code is there the page before it can still be seen, and would take what is pressed with it.
      await settled('code');
    },
    press,
    async fill(values) {
      for (const [name, value] of Object.entries(values)) {
        const field = await seen((at) => at.locator(`[id="${name.replaceAll('.', '_')}"]`));
        if (typeof value === 'string') await write(field, value);
        else await choose(page, field, value[0]);
      }
    },
    add: (legend) => dialog.getByRole('group', { name: legend }).getByRole('button', { name: 'Add' }).last().click(),
    async submit() {
      await press('Submit');
      // A form may be followed by a dialog that shows what came of it.
      await page.locator('.ant-drawer').getByRole('dialog').waitFor({ state: 'hidden' });
    },
    async confirm(name, consequence) {
      await press(name);
      await dialog.getByText(consequence).waitFor();
      await press(name);
      await dialog.waitFor({ state: 'hidden' }).catch(async (error) => {
        throw new Error(`the dialog stays: ${await dialog.textContent()}`, { cause: error });
      });
    },
    shows: (text) => page.getByText(text).first().waitFor(),
    findings: () => findingsOf(page),
    async overhang() {
      await page.setViewportSize(PHONE);
      const width: number = await page.evaluate(LAID_OUT);
      await page.setViewportSize(DESK);
      return width - PHONE.width;
    },
  };
}

async function write(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  // A picker of instants takes what was typed when it is confirmed.
  if (/^\d{4}-\d\d-\d\d /.test(text)) await field.press('Enter');
}

/** By keyboard: the list of a choice opens where the page has room, which moves while it is scrolled. */
async function choose(page: Page, field: Locator, words: string): Promise<void> {
  const active = page.locator('.ant-select-dropdown:visible .ant-select-item-option-active');
  await field.press('Enter');
  for (let seen = 0; seen < MOST_CHOICES; seen++) {
    if ((await active.textContent())?.includes(words)) return field.press('Enter');
    await field.press('ArrowDown');
  }
  throw new Error(`no choice ${words}`);
}

/** Colours are read when they have stopped to change. */
const SETTLED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => Promise.all(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished.catch(() => {}))))`;
const RULES = {
  light: { resultTypes: ['violations'] },
  dark: { resultTypes: ['violations'], runOnly: ['color-contrast'] },
};

/** All rules in the light theme; colours alone differ in the dark one. The page's own theme comes first, the other stays. */
async function findingsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  await page.evaluate(THINNING);
  const found: string[] = [];
  const isDark = await page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`);
  for (const scheme of isDark ? (['dark', 'light'] as const) : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[style*="color-scheme: ${scheme}"]`).waitFor({ state: 'attached' });
    const inTheme = await lookFor(page, scheme);
    // What moves by itself may be caught in the middle of it: a fault stays.
    found.push(...(inTheme.length === 0 ? [] : await lookFor(page, scheme)));
  }
  return found;
}

async function lookFor(page: Page, scheme: keyof typeof RULES): Promise<string[]> {
  await page.evaluate(SETTLED);
  return page.evaluate(`axe.run(document, ${JSON.stringify(RULES[scheme])}).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) =>
      ['${scheme}', id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary].join(' · ')))`);
}
