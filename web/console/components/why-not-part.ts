import { themed } from '../lazy-page.tsx';

/** The question why not, on a page that begins with something else. */
export const whyNot = themed(async () => ({ default: (await import('./why-not.tsx')).WhyNot }));
