import { dressed } from '../part.tsx';

/** The question why not, on a page that begins with something else. */
export const whyNot = dressed(async () => ({ default: (await import('./why-not.tsx')).WhyNot }));
