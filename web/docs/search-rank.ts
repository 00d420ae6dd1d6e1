import type { SearchEntry } from '../../src/docs/search.ts';

export type { SearchEntry };

/** Most results shown for a search. */
const MOST_FOUND = 30;

const KIND_WEIGHT: Readonly<Record<SearchEntry[0], number>> = { m: 4, g: 3, e: 2, f: 1 };
const CHINESE = /^\p{Script=Han}+$/u;

/**
 * The entries that hold every word of a query, the best first, at most 30. Letters of either case are the same. Chinese
 * words also match where their characters stand apart in the same order, since nobody types the blanks between words.
 */
export function rank(entries: readonly SearchEntry[], query: string): SearchEntry[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_FOUND)
    .map(({ entry }) => entry);
}

function scoreOf([kind, name, about]: SearchEntry, wanted: readonly string[]): number {
  const called = name.toLowerCase();
  // What is said begins with a title, which tells more than the rest.
  const [title = '', ...rest] = about.toLowerCase().split(' · ');
  const scores = wanted.map((word) =>
    Math.max(placeScore(called, word) * 2, placeScore(title, word) * 2 - 1, restScore(rest, word)),
  );
  if (scores.some((score) => score <= 0)) return 0;
  const sum = scores.reduce((total, score) => total + score, 0);
  // Of fields that fit alike the one less deep is meant.
  return sum * 10 + KIND_WEIGHT[kind] * 8 - (kind === 'f' ? name.length / 100 : 0);
}

/** How well a word fits a name or title: 0 when it does not stand there at all. */
function placeScore(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at === -1) return CHINESE.test(word) && standApart(text, word) ? 1.5 : 0;
  if (text.length === word.length) return 5;
  if (at === 0) return 4;
  // The begin of a part, as `export` in taobao.film.fcode.export.query.
  return /[\W_]/.test(text.charAt(at - 1)) ? 3 : 2;
}

const restScore = (rest: readonly string[], word: string): number => {
  const text = rest.join(' ');
  if (text.includes(word)) return 1;
  return CHINESE.test(word) && standApart(text, word) ? 0.5 : 0;
};

function standApart(text: string, word: string): boolean {
  let from = 0;
  for (const char of word) {
    const at = text.indexOf(char, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}
