import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { type Catalogue, findStored } from './codes/queries.ts';
import { CODE_PURPOSE, codeKey } from './rules.ts';
import { type CodeForm, createSeries } from './series.ts';

/** A code that was found: where it stands, and its own spelling. */
export type FoundText = { readonly mix_id: string; readonly sequence: number; readonly code: string };

const PLAIN = /^[A-Za-z0-9_-]*$/;
/** Blanks of any kind and what shows as nothing: no code holds one. */
const NOTHING = /[\s\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]/gu;
/** Dashes that keyboards and texts put in place of a hyphen. */
const DASHES = /[\u2010-\u2015\u2212\u30fc]/gu;

/** A typed text in the characters of codes: full-width ones made plain, blanks left out. */
export const foldTyped = (text: string): string =>
  PLAIN.test(text) ? text : text.normalize('NFKC').replace(NOTHING, '').replace(DASHES, '-');

const withoutHyphens = (text: string): string => text.replaceAll('-', '');

/**
 * The code of a form that somebody meant who typed a text: in small letters or capitals where the alphabet has but one of
 * the two, with full-width characters, with blanks, and with hyphens if the form has none. Undefined when it is none.
 */
export function codeMeant({ pattern, alphabet }: CodeForm, text: string): string | undefined {
  const folded = foldTyped(text);
  const typed = pattern.includes('-') ? folded : withoutHyphens(folded);
  if (typed.length !== pattern.length) return undefined;
  let code = '';
  for (let index = 0; index < pattern.length; index++) {
    const [place, character] = [pattern[index] as string, typed[index] as string];
    const fits = place === '#' ? alphabet : place;
    const meant = [character, character.toUpperCase(), character.toLowerCase()].find((each) => fits.includes(each));
    if (meant === undefined) return undefined;
    code += meant;
  }
  return code;
}

/**
 * What may have been meant by a text where codes were made elsewhere and their alphabet is not known, the likelier first:
 * the text itself, in capitals or small letters, then so without its hyphens. Two different codes of one step leave it open
 * which was meant, so neither is.
 */
export function spellingsOf(text: string): string[][] {
  const folded = foldTyped(text);
  const seen = new Set<string>();
  const step = (...texts: string[]): string[] => texts.filter((each) => !seen.has(each) && seen.add(each));
  const bare = withoutHyphens(folded);
  return [
    step(folded),
    step(folded.toUpperCase(), folded.toLowerCase()),
    step(bare),
    step(bare.toUpperCase(), bare.toLowerCase()),
  ];
}

/** A text that somebody typed for a code of a batch. */
export type Typed = { readonly batch: Catalogue; readonly text: string };

/**
 * Finds codes by what people typed for them, each in its batch; null where the batch has none such. Texts that are spelled as
 * codes are cost one statement in all, and a second one looks for what else may have been meant by the others.
 */
export async function findTyped(
  { sql, vault }: { readonly sql: Sql; readonly vault: Vault },
  typed: readonly Typed[],
): Promise<(FoundText | null)[]> {
  const found: (FoundText | null)[] = computedOf(vault, typed);
  const open = typed.flatMap(({ batch, text }, index) =>
    batch.form === null ? [{ index, mix_id: batch.mix_id, steps: spellingsOf(text) }] : [],
  );
  const look = async (from: number, to: number): Promise<void> => {
    const left = open.filter(({ index }) => found[index] === null);
    const stored = await findSpellings(
      { sql, vault },
      left.flatMap(({ mix_id, steps }) =>
        steps.slice(from, to).flatMap((step) => step.map((code) => ({ mix_id, code }))),
      ),
    );
    for (const { index, mix_id, steps } of left) found[index] = meantOf(mix_id, steps.slice(from, to), stored);
  };
  await look(0, 1);
  await look(1, 4);
  return found;
}

/** Codes that are computed, by their batches' forms. */
function computedOf(vault: Vault, typed: readonly Typed[]): (FoundText | null)[] {
  return typed.map(({ batch: { mix_id, form, total_count }, text }) => {
    const code = form === null ? undefined : codeMeant(form, text);
    if (form === null || code === undefined) return null;
    const sequence = createSeries(vault, mix_id, form).sequence(code);
    return sequence !== undefined && sequence <= total_count ? { mix_id, sequence, code } : null;
  });
}

type Spelling = { readonly mix_id: string; readonly code: string };

/** Stored codes among some spellings, by the text that they are hashed by. */
async function findSpellings(
  { sql, vault }: { readonly sql: Sql; readonly vault: Vault },
  spellings: readonly Spelling[],
): Promise<Map<string, FoundText>> {
  const byHash = new Map<string, Spelling>();
  for (const each of spellings) {
    const key = codeKey(each.mix_id, each.code);
    byHash.set(vault.hash(CODE_PURPOSE, key).toString('hex'), each);
  }
  if (byHash.size === 0) return new Map();
  const rows = await findStored(
    sql,
    [...byHash].map(([hash, { mix_id }]) => ({ mix_id, hash })),
  );
  return new Map(
    rows.map(({ mix_id, hash, sequence }) => {
      const { code } = byHash.get(hash) as Spelling;
      return [codeKey(mix_id, code), { mix_id, sequence, code }];
    }),
  );
}

/** The code of the first step that has one, null when that has two. */
function meantOf(mix_id: string, steps: readonly string[][], stored: Map<string, FoundText>): FoundText | null {
  for (const step of steps) {
    const hits = step.flatMap((code) => stored.get(codeKey(mix_id, code)) ?? []);
    if (hits.length > 0) return hits.length === 1 ? (hits[0] as FoundText) : null;
  }
  return null;
}
