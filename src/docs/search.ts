import type { Contract } from '../contract/method.ts';
import type { Language } from './labels.ts';
import { businessErrors, platformErrorsByCode } from './pages/errors.ts';
import { outcomesOf, rowsOf } from './pages/fields.ts';
import { renderGuide } from './pages/guides.ts';
import { methodPath, type Site } from './pages/site.ts';

/**
 * What can be found, as arrays to stay small: kind (`m` method, `f` field, `e` error code, `g` guide), what it is
 * called, what is said of it, and its address without the language.
 */
export type SearchEntry = readonly [kind: 'm' | 'f' | 'e' | 'g', name: string, about: string, path: string];

/** Longest text about an entry, in UTF-16 units. */
const ABOUT = 80;

/** The search index of a language, from the contracts, the error table and the guides. */
export function searchIndex({ contracts, guides }: Site, language: Language): SearchEntry[] {
  const methods = contracts.map(
    ({ name, title, purpose }): SearchEntry => [
      'm',
      name,
      `${title[language]} · ${short(purpose[language])}`,
      methodPath(name),
    ],
  );
  const pages = guides.flatMap(({ slug, title, summary, markdown }): SearchEntry[] => [
    ['g', title[language], summary[language], `/guides/${slug}`],
    ...renderGuide(markdown[language], language).headings.map(
      ({ id, text }): SearchEntry => ['g', text, title[language], `/guides/${slug}#${id}`],
    ),
  ]);
  return [
    ...methods,
    ...pages,
    ...errorEntries(contracts, language),
    ...contracts.flatMap((each) => fieldEntries(each, language)),
  ];
}

function errorEntries(contracts: readonly Contract[], language: Language): SearchEntry[] {
  const platform = platformErrorsByCode().flatMap(([code, entries]) =>
    entries.map(({ msg, sub_code, cause }, index): SearchEntry => {
      const name = sub_code === undefined ? `${code} ${msg}` : `${code} ${msg} ${sub_code}`;
      return ['e', name, cause[language], `/errors#${index > 0 && sub_code !== undefined ? sub_code : code}`];
    }),
  );
  const business = businessErrors(contracts).map(
    ({ sub_code, cause }): SearchEntry => ['e', sub_code, cause[language], `/errors#${sub_code}`],
  );
  return [...platform, ...business];
}

/** The fields of a method, and the values of those that tell how the call went. */
function fieldEntries({ name: method, request, response }: Contract, language: Language): SearchEntry[] {
  const page = methodPath(method);
  const fields = (
    [
      ['request', request],
      ['response', response],
    ] as const
  ).flatMap(([part, schema]) =>
    rowsOf(schema).map(
      ({ path, note }): SearchEntry => [
        'f',
        path,
        `${short(note.meaning[language])} · ${method}`,
        `${page}#${part}.${path}`,
      ],
    ),
  );
  const outcomes = outcomesOf(response).flatMap(({ path, note }) =>
    Object.entries(note.values ?? {})
      // The first value is success.
      .slice(1)
      .map(
        ([value, words]): SearchEntry => [
          'e',
          value,
          `${words[language]} · ${method}`,
          `${page}#response.${path}.${value}`,
        ],
      ),
  );
  return [...fields, ...outcomes];
}

const short = (text: string): string => (text.length > ABOUT ? `${text.slice(0, ABOUT - 1)}…` : text);
