import type { Finding } from '../../src/wire/diagnosis/diagnose.ts';
import { make } from './dom.ts';
import { findingList, isUnexplained } from './findings.ts';
import { words } from './labels.ts';
import { largeText } from './large-text.ts';
import type { Exchange } from './tool-send.ts';

/** What the server tells of a call whose signature it refused. */
type Explanation = { readonly base_text: string; readonly findings: readonly Finding[] };

/** Characters shown before and after what differs, and of what differs itself. */
const AROUND = 60;
const MOST_MARKED = 200;

/** The part of each text that the other has not: where it begins, and where it ends in each. */
export type Difference = { readonly from: number; readonly ends: readonly [number, number] };

/** What two texts differ in, less the beginning and the end that they share. */
function differenceOf(a: string, b: string): Difference {
  const least = Math.min(a.length, b.length);
  let from = 0;
  while (from < least && a[from] === b[from]) from += 1;
  let shared = 0;
  while (shared < least - from && a[a.length - 1 - shared] === b[b.length - 1 - shared]) shared += 1;
  return { from, ends: [a.length - shared, b.length - shared] };
}

/**
 * Explains a refused signature: the text that was signed beside the one that the server built, what differs marked, and
 * what is most probably wrong. The box fills when the server has answered.
 */
export function signatureDoctor({ signed, request_id }: Exchange): HTMLElement {
  const box = make('section', { class: 'doctor', 'aria-label': words.doctor }, make('h3', {}, words.doctor));
  const fill = async (): Promise<void> => {
    const explained = await explain(request_id);
    if (explained === undefined) box.append(make('p', {}, words.doctorMissing));
    else box.append(...parts(signed.base_text, explained));
  };
  void fill();
  return box;
}

async function explain(request_id: string | undefined): Promise<Explanation | undefined> {
  try {
    const answer = await fetch(`/tool/signature/${request_id}`);
    return answer.ok ? ((await answer.json()) as Explanation) : undefined;
  } catch {
    return undefined;
  }
}

function parts(ours: string, { base_text, findings }: Explanation): Node[] {
  const same = ours === base_text;
  const { from, ends } = differenceOf(ours, base_text);
  const compared = same
    ? [make('p', {}, words.doctorSame)]
    : [
        make('p', {}, words.doctorFirst(`${from + 1}`)),
        make(
          'dl',
          { class: 'compare' },
          ...excerpt(words.doctorOurs, ours, from, ends[0]),
          ...excerpt(words.doctorServer, base_text, from, ends[1]),
        ),
      ];
  // Where the texts differ, that is the reason, unless a usual mistake made the difference.
  const told = !same && isUnexplained(findings) ? [] : [findingList(findings)];
  const whole = make('details', {}, make('summary', {}, words.doctorWhole));
  whole.append(largeText(base_text, words.doctorServer, 'base-text.txt'));
  return [...compared, ...(findings.length === 0 ? [] : told), whole];
}

/** The surroundings of a difference, with what differs marked. */
function excerpt(label: string, text: string, from: number, end: number): Node[] {
  const begin = Math.max(0, from - AROUND);
  const marked = text.slice(from, Math.min(end, from + MOST_MARKED));
  const rest = marked.length < end - from ? '…' : text.slice(end, end + AROUND);
  const code = make(
    'code',
    {},
    `${begin > 0 ? '…' : ''}${text.slice(begin, from)}`,
    make('mark', {}, marked === '' ? '∅' : marked),
    `${rest}${end + AROUND < text.length ? '…' : ''}`,
  );
  return [make('dt', {}, label), make('dd', {}, code)];
}
