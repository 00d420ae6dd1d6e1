import { loadCalls } from './client.ts';
import { type Code, type LazyPage, type Loadable, lazyPage } from './lazy-page.tsx';
import { Account } from './pages/account.tsx';
import Overview from './workplaces/overview/index.tsx';

/** What the pages of most workplaces stand in. */
export const errorHelp = lazyPage(() => import('./error-help.tsx'));

/** A page that is made from the contracts. */
const built: typeof lazyPage = (code) =>
  lazyPage(async () => {
    const [, page] = await Promise.all([errorHelp.load(), code(), loadCalls()]);
    return page;
  });

/** What the console begins with is loaded with it. */
const atOnce = (Shown: () => React.ReactNode): LazyPage<object> => ({ load: async () => ({}), Shown });

/** The pages of each workplace, by its path. */
export const workplacePages = {
  overview: atOnce(Overview),
  lottery: built(() => import('./workplaces/lottery/index.tsx')),
  vouchers: built(() => import('./workplaces/vouchers/index.tsx')),
  ticketing: built(() => import('./workplaces/ticketing/index.tsx')),
  sendplans: built(() => import('./workplaces/sendplans/index.tsx')),
  benefits: built(() => import('./workplaces/benefits/index.tsx')),
  platform: built(() => import('./workplaces/platform/index.tsx')),
  operators: built(() => import('./workplaces/operators/index.tsx')),
  account: atOnce(Account),
} as const;

/** The path of a workplace below `/console`. */
export type Path = keyof typeof workplacePages;

/** What is shown to those who are not logged in. */
export const login = lazyPage(() => import('./pages/login.tsx'));

/** Loads the page at the browser's address. Rejects with TypeError when it cannot be had. */
export async function loadHere(): Promise<void> {
  const [, , path = '', ...steps] = location.pathname.split('/');
  if (!(path in workplacePages)) return;
  const { partAt } = await workplacePages[path as Path].load();
  await partAt?.(steps.filter((step) => step !== ''))?.load();
}

/** Until the page that was opened first has its figures: what is loaded beside it would hold them up. */
const SETTLE_MS = 2000;
/** How long the browser may be busy before the next part is loaded all the same. */
const PATIENCE_MS = 5000;

/**
 * Loads parts while the browser has nothing else to do, one after the other, so that they stand at once when they are
 * opened. What cannot be had is asked for again, and told, when it is shown.
 * @returns what ends it
 */
export function loadAtLeisure(paths: readonly Path[]): () => void {
  const parts: Loadable[] = [errorHelp, ...paths.map((path) => workplacePages[path])];
  let stopped = false;
  const settle = (): Promise<void> => new Promise((done) => setTimeout(done, SETTLE_MS));
  const rest = (): Promise<void> =>
    new Promise((done) => {
      // Safari knows no other way to wait for leisure.
      if (!('requestIdleCallback' in window)) setTimeout(done, 200);
      else requestIdleCallback(() => done(), { timeout: PATIENCE_MS });
    });
  const go = async () => {
    await settle();
    for (const each of parts) {
      await rest();
      if (stopped) return;
      const { later = [] } = await each.load().catch((): Code => ({}));
      parts.push(...later);
    }
  };
  void go();
  return () => {
    stopped = true;
  };
}
