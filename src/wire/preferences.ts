import type { Words } from '../contract/schema.ts';

/** A language that everything for people is written in. */
export type Language = keyof Words;

/** The headers in which a browser tells what its reader prefers. */
export type PreferenceHeaders = {
  readonly cookie?: string | undefined;
  readonly 'accept-language'?: string | undefined;
};

/** What a reader chose before, kept in a cookie of that name by the documentation; undefined when nothing was. */
export const chosenOf = ({ cookie = '' }: PreferenceHeaders, name: string): string | undefined =>
  new RegExp(`(?:^|;\\s*)${name}=(\\w+)`).exec(cookie)?.[1];

/** What the reader chose, else what the browser prefers; Chinese unless English is preferred to it. */
export function languageOf(headers: PreferenceHeaders): Language {
  const chosen = chosenOf(headers, 'lang');
  if (chosen === 'zh' || chosen === 'en') return chosen;
  const wishes = (headers['accept-language'] ?? '').split(',').map((each) => {
    const [, name, weight] = /^\s*([a-z]+)[\w-]*\s*(?:;\s*q=([\d.]+))?/i.exec(each) ?? [];
    return { name: name?.toLowerCase(), weight: weight === undefined ? 1 : Number(weight) };
  });
  const most = (language: Language) =>
    Math.max(0, ...wishes.filter(({ name }) => name === language).map(({ weight }) => weight));
  const [zh, en] = [most('zh'), most('en')];
  if (zh !== en) return zh > en ? 'zh' : 'en';
  return wishes.find(({ name }) => name === 'zh' || name === 'en')?.name === 'en' ? 'en' : 'zh';
}
