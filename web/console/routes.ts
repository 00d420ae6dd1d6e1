/** The code of each workplace, by its path; loaded when it is first opened. */
export const workplaceCode = {
  overview: () => import('./workplaces/overview/index.tsx'),
  lottery: () => import('./workplaces/lottery/index.tsx'),
  vouchers: () => import('./workplaces/vouchers/index.tsx'),
  ticketing: () => import('./workplaces/ticketing/index.tsx'),
  sendplans: () => import('./workplaces/sendplans/index.tsx'),
  benefits: () => import('./workplaces/benefits/index.tsx'),
  platform: () => import('./workplaces/platform/index.tsx'),
  operators: () => import('./workplaces/operators/index.tsx'),
  account: () => import('./pages/account.tsx'),
} as const;

/** Loads the frame of all pages, and with it the code of the page at the browser's address. */
export function loadDesk() {
  const path = location.pathname.split('/')[2] ?? '';
  const load = path in workplaceCode ? workplaceCode[path as keyof typeof workplaceCode] : workplaceCode.overview;
  // What cannot be loaded is asked for again, and told, when the page is shown.
  load().catch(() => undefined);
  return import('./desk.tsx');
}

/** Begins to load what is shown to those who are logged in, before it is known that somebody is. */
export const loadAhead = (): void => void loadDesk().catch(() => undefined);
