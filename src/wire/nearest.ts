/** A name longer than this many characters is no slip of any name that is known. */
const LONGEST = 128;
/** Most letters that may be wrong in a name for it to be meant: a quarter of it, but not more than this. */
const MOST_WRONG = 4;

/**
 * The known name that a caller who wrote another most likely meant, or undefined when none comes near. Case and what
 * stands between words do not count (`userLimit` is `user_limit`); words may be swapped, missing or too many
 * (`ticket_ids` for `ticket_code_ids`), and a few letters wrong. What it costs has a bound, however long the name.
 * @param asked the name that was written
 * @param known the names that there are; of two that are equally near the first is taken
 */
export function nearestName(asked: string, known: Iterable<string>): string | undefined {
  if (asked.length > LONGEST) return undefined;
  const words = wordsOf(asked);
  if (words.length === 0) return undefined;
  let best: { readonly name: string; readonly wrong: number } | undefined;
  for (const name of known) {
    const wrong = wrongIn(words, wordsOf(name));
    if (wrong !== undefined && (best === undefined || wrong < best.wrong)) best = { name, wrong };
  }
  return best?.name;
}

/** The words of a name in small letters, a plural like its singular. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => (word.length > 2 && word.endsWith('s') ? word.slice(0, -1) : word));

/** How far a name is from another, in letters; undefined when too far. */
function wrongIn(asked: readonly string[], known: readonly string[]): number | undefined {
  const [shorter, longer] = asked.length < known.length ? [asked, known] : [known, asked];
  if (shorter.length > 0 && shorter.every((word) => longer.includes(word)))
    return longer.filter((word) => !shorter.includes(word)).join('').length;
  const [one, other] = [asked.join(''), known.join('')];
  const most = Math.max(1, Math.min(MOST_WRONG, Math.floor(Math.max(one.length, other.length) / 4)));
  const wrong = distance(one, other, most);
  return wrong > most ? undefined : wrong;
}

/** Letters to add, leave out, change or swap until one text is the other; some number above `most` when they are more. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let down = 0; down < one.length; down++) {
    const next = [down + 1];
    for (let at = 0; at < other.length; at++) {
      const change = one[down] === other[at] ? 0 : 1;
      const swapped = at > 0 && down > 0 && one[down] === other[at - 1] && one[down - 1] === other[at];
      const swap = swapped ? (before[at - 1] as number) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[at + 1] as number) + 1, (next[at] as number) + 1, (row[at] as number) + change, swap));
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[other.length] as number;
}
