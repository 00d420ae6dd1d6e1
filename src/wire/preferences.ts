import type { Label } from '../contract/schema.ts';

/** A language that everything for people is written in. */
export type Language = keyof Label;

/** The headers in which a browser tells what its reader prefers. */
export type PreferenceHeaders = {
  readonly cookie?: string | undefined;
  readonly 'accept-language'?: string | undefined;
};

/** Most entries of a header's list that are looked at: no client sends more. */
const MOST_ENTRIES = 100;

/** The value of a cookie in a Cookie header, the first of that name (RFC 6265 4.2); undefined without it. */
export function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';', MOST_ENTRIES)) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** The entries of a list such as Accept-Encoding in small letters, each with its weight, 1 unless given (RFC 9110 12.4.2). */
function weighted(header: string): { readonly name: string; readonly weight: number }[] {
  return header.split(',', MOST_ENTRIES).map((entry) => {
    const [name = '', ...parameters] = entry.toLowerCase().split(';', MOST_ENTRIES);
    const weight = parameters.map((each) => each.trim()).find((each) => each.startsWith('q='));
    return { name: name.trim(), weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
}

/** Whether a caller asks for gzip; four clients cannot read it unasked (client notes, responses 3). */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const weights = new Map(weighted(String(header ?? '')).map(({ name, weight }) => [name, weight]));
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}

/** What a reader chose before, kept in a cookie of that name by the documentation; undefined when nothing was. */
export const chosenOf = ({ cookie }: PreferenceHeaders, name: string): string | undefined => cookieNamed(cookie, name);

/** What the reader chose, else what the browser prefers; Chinese unless English is preferred to it. */
export function languageOf(headers: PreferenceHeaders): Language {
  const chosen = chosenOf(headers, 'lang');
  if (chosen === 'zh' || chosen === 'en') return chosen;
  const wishes = weighted(headers['accept-language'] ?? '').map(({ name, weight }) => ({
    name: name.split('-', 1)[0],
    weight,
  }));
  const most = (language: Language) =>
    Math.max(0, ...wishes.filter(({ name }) => name === language).map(({ weight }) => weight));
  const [zh, en] = [most('zh'), most('en')];
  if (zh !== en) return zh > en ? 'zh' : 'en';
  return wishes.find(({ name }) => name === 'zh' || name === 'en')?.name === 'en' ? 'en' : 'zh';
}
