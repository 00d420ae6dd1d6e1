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

/** Begins to load the code of the page at an address, so that it comes together with the frame around it. */
export function loadAhead(pathname: string): void {
  const path = pathname.split('/')[2] ?? '';
  const load = path in workplaceCode ? workplaceCode[path as keyof typeof workplaceCode] : workplaceCode.overview;
  // What cannot be loaded is asked for again, and told, when the page is shown.
  load().catch(() => undefined);
}
