import { argumentLabels } from '../../src/contract/argument-labels.ts';
import { type SampleCall, sampleLanguages, sampleOf } from '../../src/docs/samples/index.ts';
import { shellWord } from '../../src/docs/samples/text.ts';
import type { Format } from '../../src/wire/render.ts';
import { language, make, pageTexts } from './dom.ts';
import { words } from './labels.ts';
import { largeText, layOut, sizeOf } from './large-text.ts';
import { readPasted } from './parameters.ts';
import { tabSet } from './tabs.ts';
import { signatureDoctor } from './tool-doctor.ts';
import { type RefusalShown, refusalShown } from './tool-outcome.ts';
import type { Exchange, Failure, SignedCall, Wish } from './tool-send.ts';

/** What the reader can do with an answer. */
export type Actions = {
  /** Sends the same call again in another spelling. */
  readonly again: (spelling: Format) => void;
  /** Sends parameters as they are, with the signature that they hold. */
  readonly exact: (signed: SignedCall) => void;
};

const SPELLINGS: readonly Format[] = ['json', 'simplified', 'xml'];
const PUBLIC = ['method', 'app_key', 'session', 'timestamp', 'v', 'sign_method', 'format', 'simplify', 'sign'];
/** Longest sub_msg shown above the answer. */
const MOST_TOLD = 2000;
/** Stands in programs where their owner puts the secret; no browser is told any but that of the sandbox's demo. */
const PLACEHOLDER = 'YOUR_APP_SECRET';

/** What was asked for, and what the form knows of it. */
export type Asked = {
  readonly wish: Wish;
  /** Whether the method changes data. */
  readonly writes: boolean;
  /** The app's secret when it is public. */
  readonly secret: string | undefined;
};

/** An answer and all that belongs to it: what came back, what was sent, and the same call as programs. */
export function answerView(asked: Asked, exchange: Exchange, actions: Actions): HTMLElement {
  const tabs = [
    { id: 'answer', label: words.answer, body: answerPanel(exchange, asked.writes, actions) },
    { id: 'request', label: words.request, body: requestPanel(exchange, actions) },
    { id: 'code', label: words.code, body: codePanel(asked, exchange.signed) },
  ];
  const refusal = exchange.failure === undefined ? refusalShown(exchange.text) : undefined;
  return make(
    'div',
    {},
    summaryOf(exchange, refusal),
    passedOverBox(asked, exchange),
    refusal && refusalBox(refusal),
    tabSet('tool-answer', words.answerViews, tabs),
  );
}

function summaryOf(
  { status, duration_ms, text, request_id, failure }: Exchange,
  refusal: RefusalShown | undefined,
): HTMLElement {
  const facts = [
    `HTTP ${status}`,
    words.milliseconds(duration_ms.toFixed(duration_ms < 10 ? 1 : 0)),
    sizeOf(new Blob([text]).size),
  ];
  return make(
    'div',
    {
      class: `tool-summary${failure !== undefined ? ' failed' : refusal !== undefined ? ' noted' : ''}`,
      role: 'status',
    },
    make('strong', {}, failure !== undefined ? words.failed : refusal !== undefined ? words.noted : words.succeeded),
    ...facts.map((fact) => make('span', {}, fact)),
    request_id === undefined ? undefined : make('span', {}, 'request_id ', make('code', {}, request_id)),
  );
}

/** A business code in words, with a link to its entry on this page. */
const refusalBox = ({ name, code, meaning, href }: RefusalShown): HTMLElement =>
  make(
    'p',
    { class: 'notice tool-outcome' },
    make('a', { href, class: 'tool-outcome-link' }, make('code', {}, code.includes('=') ? code : `${name} ${code}`)),
    ` ${meaning}`,
  );

type PassedOver = readonly { readonly path: string; readonly nearest?: string; readonly is_repeated?: true }[];

/** What the method did not know and passed over, once the sandbox has told it; only of TOP's own methods is there any. */
function passedOverBox({ secret }: Asked, { request_id }: Exchange): HTMLElement {
  const box = make('p', { class: 'notice tool-passed-over', role: 'status', hidden: true });
  const fill = async (): Promise<void> => {
    const answer = await fetch(`/tool/call/${request_id}`);
    if (!answer.ok) return;
    const { passed_over = [] } = (await answer.json()) as { passed_over?: PassedOver };
    const names = passed_over.map(({ path, nearest, is_repeated }) => {
      if (is_repeated) return words.repeated(path);
      return nearest === undefined ? path : words.nearest(path, nearest);
    });
    if (names.length === 0) return;
    box.append(words.passedOver, ' ', make('code', {}, names.join(', ')));
    box.hidden = false;
  };
  if (secret !== undefined && request_id !== undefined) fill().catch(() => undefined);
  return box;
}

function answerPanel(exchange: Exchange, writes: boolean, actions: Actions): HTMLElement {
  const { text, spelling, failure, signed } = exchange;
  const extension = spelling === 'xml' ? 'xml' : 'json';
  const offer = make('p', { class: 'tool-offer' });
  const switches = SPELLINGS.map((each) => {
    const button = make(
      'button',
      { type: 'button', class: 'button small', 'aria-pressed': String(each === spelling) },
      words[each],
    );
    button.addEventListener('click', () => {
      if (each === spelling) return;
      if (writes) offer.replaceChildren(words.writesAgain, ' ', againButton(each, actions));
      else actions.again(each);
    });
    return button;
  });
  return make(
    'div',
    {},
    failure === undefined ? undefined : failureBox(failure),
    failure?.code === '25' ? signatureDoctor(exchange) : undefined,
    make('div', { class: 'tool-formats', role: 'group', 'aria-label': words.format }, ...switches),
    offer,
    largeText(layOut(text), words.answer, `${signed.parameters.method}.${extension}`, extension),
  );
}

function againButton(spelling: Format, actions: Actions): HTMLButtonElement {
  const button = make('button', { type: 'button', class: 'button small' }, words.sendAgain(words[spelling]));
  button.addEventListener('click', () => actions.again(spelling));
  return button;
}

/** The error in words, with a link to its entry: on this page when the method declares it, else among all errors. */
function failureBox(failure: Failure): HTMLElement {
  const { code, msg, sub_code } = failure;
  const sub_msg = argumentLabels({ ...failure, code: Number(code) })?.[language] ?? failure.sub_msg;
  const own = sub_code === undefined ? null : document.getElementById(`error.${sub_code}`);
  const href = own === null ? `/${language}/errors#${sub_code ?? code}` : `#error.${sub_code}`;
  return make(
    'div',
    { class: 'notice error tool-failure' },
    make('p', {}, make('b', {}, `${code} ${msg}`), sub_code === undefined ? undefined : make('code', {}, sub_code)),
    // Of a wrong signature the sub_msg is the signed text, which the doctor shows better.
    sub_msg === undefined || code === '25' ? undefined : make('p', {}, sub_msg.slice(0, MOST_TOLD)),
    make('p', {}, make('a', { href, class: 'tool-error-link' }, words.errorEntry)),
  );
}

function requestPanel({ signed, spelling }: Exchange, actions: Actions): HTMLElement {
  const part = (title: string, hint: string, body: Node) =>
    make('div', {}, make('h3', {}, title), make('p', { class: 'quiet small' }, hint), body);
  return make(
    'div',
    {},
    part(words.baseText, words.baseTextHint, largeText(signed.base_text, words.baseText, 'base-text.txt')),
    part(words.signature, words.serverSigns, largeText(signed.sign, words.signature, 'sign.txt')),
    part(words.curl, words.curlHint, largeText(curlOf(signed), words.curl, 'call.sh', 'bash')),
    exactPart({ signed, spelling }, actions),
  );
}

const curlOf = ({ url, parameters }: SignedCall): string =>
  [
    `curl ${shellWord(url)}`,
    ...Object.entries(parameters).map(([name, value]) => `--data-urlencode ${shellWord(`${name}=${value}`)}`),
  ].join(' \\\n  ');

/** Lets the reader change what was signed and send it as it is, to see what the server says. */
function exactPart({ signed }: Pick<Exchange, 'signed' | 'spelling'>, actions: Actions): HTMLElement {
  const area = make(
    'textarea',
    { rows: '10', spellcheck: 'false', 'aria-label': words.exact },
    JSON.stringify(signed.parameters, null, 2),
  );
  const problem = make('p', { class: 'notice error', role: 'alert', hidden: true }, words.exactProblem);
  const button = make('button', { type: 'button', class: 'button' }, words.sendExact);
  button.addEventListener('click', () => {
    const { parameters, problemLine } = readPasted(area.value);
    problem.hidden = problemLine === undefined;
    if (problemLine === undefined) actions.exact({ ...signed, parameters: Object.fromEntries(parameters) });
  });
  return make(
    'details',
    { class: 'tool-exact' },
    make('summary', {}, words.exact),
    make('p', { class: 'quiet small' }, words.exactHint),
    area,
    problem,
    button,
  );
}

function codePanel({ wish, secret }: Asked, { url, parameters }: SignedCall): HTMLElement {
  const own = Object.entries(parameters).filter(([name]) => !PUBLIC.includes(name));
  const call: SampleCall = {
    url,
    app_key: wish.app_key,
    secret: secret ?? PLACEHOLDER,
    session: wish.session || undefined,
    method: wish.method,
    parameters: Object.fromEntries(own),
    request: wish.values,
  };
  const tabs = sampleLanguages.map(({ id, label, file }) => ({
    id,
    label,
    body: largeText(sampleOf(id, call), `${words.code} ${label}`, file, id),
  }));
  const hint = make('p', { class: 'quiet small' }, words.codeHint, secret === undefined ? words.codeSecret : '');
  return make('div', {}, hint, tabSet('tool-code', pageTexts.samples, tabs));
}
