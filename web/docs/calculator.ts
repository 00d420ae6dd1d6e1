import { baseText, isSignMethod, type SignMethod } from '../../src/wire/base-text.ts';
import { diagnoseSignature } from '../../src/wire/diagnosis/diagnose.ts';
import { copyButton } from './copy.ts';
import { browserDigests, signInBrowser } from './digests.ts';
import { make, one } from './dom.ts';
import { findingList } from './findings.ts';
import { words } from './labels.ts';
import { type Pasted, readPasted } from './parameters.ts';

/** Longest pasted text, in UTF-16 units: a longer one would make typing wait. */
const LONGEST = '20000';
const METHODS: readonly SignMethod[] = ['hmac-sha256', 'hmac', 'md5'];

/** The published example of the protocol (TOP protocol 4.7), shown until the reader pastes a call. */
const EXAMPLE = {
  parameters: [
    'app_key=test',
    'fields=nick',
    'format=xml',
    'method=taobao.user.seller.get',
    'session=test',
    'sign_method=md5',
    'timestamp=2013-05-06 13:52:03',
    'v=2.0',
  ].join('\n'),
  secret: 'test',
};

type Inputs = {
  readonly parameters: HTMLTextAreaElement;
  readonly body: HTMLTextAreaElement;
  readonly secret: HTMLInputElement;
  readonly method: HTMLSelectElement;
  readonly yours: HTMLInputElement;
};

type Outputs = {
  readonly reading: HTMLElement;
  readonly sorted: HTMLElement;
  readonly digest: HTMLElement;
  readonly verdict: HTMLElement;
};

/** Fills the calculator of the page, if it has one: sorted text and signature follow every key typed. */
export function startCalculator(): void {
  const place = one('#calculator');
  if (place === undefined) return;
  const inputs = makeInputs();
  const outputs = makeOutputs();
  let stated: string | undefined;
  const update = (): void => {
    const pasted = readPasted(inputs.parameters.value);
    const now = pasted.parameters.get('sign_method');
    // The digest follows what the parameters state, until the reader chooses another.
    if (now !== stated && now !== undefined && isSignMethod(now)) inputs.method.value = now;
    stated = now;
    show(inputs, outputs, pasted);
  };
  const form = make('form', { class: 'calculator' }, ...layOut(inputs), ...resultsOf(outputs));
  form.addEventListener('input', update);
  form.addEventListener('submit', (event) => event.preventDefault());
  place.replaceChildren(form);
  update();
}

function makeInputs(): Inputs {
  const area = (rows: string, text: string) =>
    make('textarea', { rows, spellcheck: 'false', autocomplete: 'off', maxlength: LONGEST }, text);
  const line = (value: string) => make('input', { type: 'text', value, spellcheck: 'false', autocomplete: 'off' });
  return {
    parameters: area('9', EXAMPLE.parameters),
    body: area('2', ''),
    secret: line(EXAMPLE.secret),
    method: make('select', {}, ...METHODS.map((each) => make('option', {}, each))),
    yours: line(''),
  };
}

const field = (label: string, control: HTMLElement, hint?: string): HTMLElement =>
  make('label', { class: 'field' }, label, control, hint === undefined ? undefined : make('small', {}, hint));

const layOut = ({ parameters, body, secret, method, yours }: Inputs): HTMLElement[] => [
  field(words.calcParameters, parameters, words.calcParametersHint),
  make('details', {}, make('summary', {}, words.calcBody), field(words.calcBody, body)),
  make(
    'div',
    { class: 'pair' },
    field(words.calcSecret, secret, words.calcSecretHint),
    field(words.calcMethod, method),
  ),
  field(words.calcYours, yours, words.calcYoursHint),
];

function makeOutputs(): Outputs {
  return {
    reading: make('p', { class: 'reading', role: 'status' }),
    sorted: make('code', { 'data-sorted': true }),
    digest: make('code', { 'data-digest': true }),
    verdict: make('div', { class: 'verdict', role: 'status' }),
  };
}

function resultsOf({ reading, sorted, digest, verdict }: Outputs): HTMLElement[] {
  const block = (label: string, code: HTMLElement) =>
    make(
      'div',
      {},
      make('h3', {}, label),
      make(
        'div',
        { class: 'code wraps' },
        make('pre', { tabindex: '0', role: 'region', 'aria-label': label }, code),
        copyButton(() => code.textContent),
      ),
    );
  return [reading, block(words.calcSorted, sorted), block(words.calcDigest, digest), verdict];
}

function show(inputs: Inputs, outputs: Outputs, pasted: Pasted): void {
  const { parameters } = pasted;
  const body = inputs.body.value;
  const method = inputs.method.value as SignMethod;
  outputs.reading.classList.toggle('wrong', pasted.problemLine !== undefined);
  outputs.reading.replaceChildren(...notesOn(pasted, method).map((note) => make('span', {}, note)));
  outputs.sorted.replaceChildren(...sortedParts(parameters), body);
  const sign = signInBrowser(method, inputs.secret.value, parameters, body);
  outputs.digest.textContent = sign;
  outputs.verdict.replaceChildren(...verdictOn(inputs, pasted, sign));
}

function notesOn({ form, parameters, problemLine }: Pasted, method: SignMethod): string[] {
  if (problemLine !== undefined)
    return [problemLine === 0 ? words.calcJsonProblem : words.calcLineProblem(`${problemLine}`)];
  const notes = [words.calcRead[form]];
  if (form === 'empty') return notes;
  notes.push(words.calcCount(`${parameters.size}`));
  const stated = parameters.get('sign_method');
  if (stated === undefined) notes.push(words.calcMethodMissing);
  else if (stated !== method) notes.push(words.calcMethodDiffers(stated, method));
  return notes;
}

/** The signed text with its names set off; its characters are those of {@link baseText}. */
function sortedParts(parameters: ReadonlyMap<string, string>): (Node | string)[] {
  const names = [...parameters.keys()].sort().filter((name) => name !== 'sign' && name !== '');
  return names.flatMap((name) => [make('b', {}, name), parameters.get(name) ?? '']);
}

function verdictOn({ secret, body, yours }: Inputs, { parameters }: Pasted, sign: string): Node[] {
  const received = yours.value || (parameters.get('sign') ?? '');
  if (received === '' || baseText(parameters) === '') return [];
  if (received === sign) return [make('p', { class: 'notice ok' }, words.calcMatches)];
  const { findings } = diagnoseSignature({
    parameters: new Map([...parameters, ['sign', received]]),
    body: body.value,
    secret: secret.value,
    digests: browserDigests,
  });
  return [make('p', { class: 'notice error' }, words.calcDiffers), findingList(findings)];
}
