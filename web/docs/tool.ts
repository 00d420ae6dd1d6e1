import type { Format } from '../../src/wire/render.ts';
import { all, language, make, one, pageTexts } from './dom.ts';
import { words } from './labels.ts';
import { type Asked, answerView } from './tool-answer.ts';
import { type Caller, startCaller } from './tool-choices.ts';
import { enhanceForm, readValues } from './tool-form.ts';
import { startReplay } from './tool-replay.ts';
import { type SignedCall, SignRefusal, sendCall, signCall, type Wish } from './tool-send.ts';
import { startFetching } from './tool-token.ts';

/** The tool of a page: its form, where the answer goes, and who calls. */
type Tool = {
  readonly form: HTMLFormElement;
  readonly result: HTMLElement;
  readonly caller: Caller;
};

/** Brings the API tool of the page to life, if it has one. */
export function startTool(): void {
  const form = one<HTMLFormElement>('form[data-tool]');
  const fields = form && one('[data-fields]', form);
  const result = one('#tool [data-result]');
  if (form === undefined || fields === undefined || result === undefined) return;
  const caller = startCaller(form);
  if (caller === undefined) return;
  const tool: Tool = { form, result, caller };
  enhanceForm(form, fields);
  void startReplay(form, fields, caller);
  const freshen = startFetching(form, fields);
  const submit = async (): Promise<void> => {
    if (form.ariaBusy === 'true') return;
    setBusy(tool, true);
    await freshen(caller.wish({}));
    setBusy(tool, false);
    await run(tool, caller.wish(readValues(fields)));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
}

/** Signs and sends a call and shows what came of it; with `signed` it is sent as it stands. */
async function run(tool: Tool, wish: Wish, signed?: SignedCall): Promise<void> {
  if (tool.form.ariaBusy === 'true') return;
  setBusy(tool, true);
  const retry = () => void run(tool, wish, signed);
  try {
    const exchange = await sendCall(signed ?? (await signCall(wish)), spellingOf(wish, signed));
    const again = (spelling: Format): void => {
      tool.caller.setSpelling(spelling);
      void run(tool, { ...wish, spelling });
    };
    const exact = (changed: SignedCall): void => void run(tool, wish, changed);
    show(tool, answerView(askedOf(tool, wish), exchange, { again, exact }));
  } catch (error) {
    show(tool, error instanceof SignRefusal ? refusalView(error) : unreachableView(retry));
    if (error instanceof SignRefusal) point(tool, error.field);
  } finally {
    setBusy(tool, false);
  }
}

function askedOf({ form }: Tool, wish: Wish): Asked {
  const { write, demoKey, demoSecret } = form.dataset;
  return { wish, writes: write === 'true', secret: wish.app_key === demoKey ? demoSecret : undefined };
}

/** The reader may have changed the format of a call that is sent as it stands. */
function spellingOf(wish: Wish, signed: SignedCall | undefined): Format {
  if (signed === undefined) return wish.spelling;
  if (signed.parameters.format !== 'json') return 'xml';
  return signed.parameters.simplify === 'true' ? 'simplified' : 'json';
}

function setBusy({ form }: Tool, busy: boolean): void {
  form.ariaBusy = String(busy);
  for (const button of all<HTMLButtonElement>('button[type=submit]', form)) {
    // A disabled button would lose the focus of who pressed it by keyboard.
    button.ariaDisabled = String(busy);
    button.textContent = busy ? words.sending : pageTexts.toolSend;
  }
}

function show({ result }: Tool, view: HTMLElement): void {
  const focused = result.contains(document.activeElement);
  result.replaceChildren(view);
  result.hidden = false;
  if (result.getBoundingClientRect().top > innerHeight * 0.6) result.scrollIntoView();
  // The button pressed is gone; who steers by keyboard goes on from its successor.
  if (focused) one('[aria-pressed=true], button', result)?.focus();
}

/** Leads to the field that the server would not take. */
function point({ form }: Tool, field: string | undefined): void {
  const wanted: Record<string, string> = {
    app_key: '[data-app]',
    session: '[data-session-key]',
    sign_method: '[data-sign-method]',
  };
  const selector = field === undefined ? undefined : wanted[field];
  if (selector !== undefined) one(selector, form)?.focus();
}

function refusalView({ status, field, words: reason }: SignRefusal): HTMLElement {
  const forbidden = status === 403;
  return make(
    'div',
    { class: 'tool-state', role: 'alert' },
    make('h3', {}, forbidden ? words.notAllowed : words.cannotSign),
    make('p', {}, field === undefined ? '' : `${words.fieldAtFault} ${field}: `, reason[language]),
    forbidden ? make('a', { class: 'button primary', href: '/console/' }, words.toConsole) : undefined,
  );
}

function unreachableView(retry: () => void): HTMLElement {
  const button = make('button', { type: 'button', class: 'button primary' }, words.retry);
  button.addEventListener('click', retry);
  return make(
    'div',
    { class: 'tool-state', role: 'alert' },
    make('h3', {}, words.unreachable),
    make('p', {}, words.unreachableHint),
    button,
  );
}
