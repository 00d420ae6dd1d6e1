import { formatInstant, parseInstant } from '../../src/wire/time.ts';

type Filters = Readonly<Record<string, unknown>>;
type Views = Readonly<Record<string, Filters>>;

const keyOf = (method: string): string => `views ${method}`;
const INSTANT = 'instant:';

/** The views kept of a list in this browser: filters by name. */
export function readViews(method: string): Views {
  try {
    return JSON.parse(localStorage.getItem(keyOf(method)) ?? '{}', reviveInstant) as Views;
  } catch {
    return {};
  }
}

/** Keeps a view under a name, in place of one that had it, and gives all that are kept. */
export function keepView(method: string, name: string, filters: Filters): Views {
  const views = { ...readViews(method), [name]: filters };
  localStorage.setItem(keyOf(method), JSON.stringify(views, markInstant));
  return views;
}

function markInstant(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const own = this[name];
  return own instanceof Date ? INSTANT + formatInstant(own) : value;
}

const reviveInstant = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(INSTANT)
    ? parseInstant(value.slice(INSTANT.length), 'yyyy-MM-dd HH:mm:ss')
    : value;
