import { make, one, pageTexts, recall, remember } from './dom.ts';
import { words } from './labels.ts';
import type { Values } from './tool-form.ts';
import type { Wish } from './tool-send.ts';

/** What the server offers to call with. */
type Choices = {
  readonly apps: readonly { readonly app_key: string; readonly name: string }[];
  readonly sessions: readonly { readonly app_key: string; readonly session: string; readonly nick: string }[];
};

/** Value of the choice that lets a session key be typed. */
const TYPED = '…';

/** The parts of the form that say as whom and how to call. */
export type Caller = {
  /** What the form asks for, with the values given. */
  readonly wish: (values: Values) => Wish;
  /** Chooses the spelling of the answer. */
  readonly setSpelling: (spelling: Wish['spelling']) => void;
  /** Chooses as a past call did, its session key by another of the app's; resolves when the server's choices are there. */
  readonly follow: (call: PastCaller) => Promise<void>;
};

/** As whom and how a past call was made. */
export type PastCaller = {
  readonly app_key: string;
  readonly had_session: boolean;
  readonly sign_method?: string;
  readonly format: Wish['spelling'];
};

/** Completes the form's choices: the spelling of the answer, the server's apps, and a session key of one's own. */
export function startCaller(form: HTMLFormElement): Caller | undefined {
  const app = one<HTMLSelectElement>('[data-app]', form);
  const session = one<HTMLSelectElement>('[data-session-key]', form);
  const digest = one<HTMLSelectElement>('[data-sign-method]', form);
  if (app === undefined || session === undefined || digest === undefined) return undefined;
  const spelling = make(
    'select',
    { 'data-spelling': true },
    ...(['json', 'simplified', 'xml'] as const).map((each) => make('option', { value: each }, words[each])),
  );
  const typed = make('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '256' });
  const typedField = make('label', { hidden: true }, words.sessionKey, typed);
  session.closest('label')?.after(typedField);
  digest.closest('label')?.after(make('label', {}, words.format, spelling));
  const showTyped = (): void => {
    typedField.hidden = session.value !== TYPED;
  };
  session.append(make('option', { value: TYPED }, words.otherSession));
  session.addEventListener('change', showTyped);
  let offered = Promise.resolve();
  const offer = (): void => {
    offered = offerChoices(app, session, showTyped);
  };
  // In production a reader without a login would be refused: nothing is asked before the form is used.
  if (form.dataset.demoKey !== undefined) offer();
  else form.addEventListener('focusin', offer, { once: true });
  return {
    setSpelling: (wanted) => {
      spelling.value = wanted;
    },
    async follow(call) {
      await offered;
      spelling.value = call.format;
      choose(digest, call.sign_method);
      choose(app, call.app_key);
      app.dispatchEvent(new Event('change'));
      const own = [...session.options].map(({ value }) => value).find((value) => value !== '' && value !== TYPED);
      choose(session, call.had_session ? (own ?? TYPED) : '');
      showTyped();
    },
    wish: (values) => ({
      app_key: app.value,
      session: session.value === TYPED ? typed.value.trim() : session.value,
      method: form.dataset.method ?? '',
      sign_method: digest.value as Wish['sign_method'],
      spelling: spelling.value as Wish['spelling'],
      values,
    }),
  };
}

/** Chooses a value where there is such a choice. */
function choose(select: HTMLSelectElement, value: string | undefined): void {
  if ([...select.options].some((option) => option.value === value)) select.value = value as string;
}

/** Fills in the apps of the server and their sessions; without them the form keeps what the page came with. */
async function offerChoices(app: HTMLSelectElement, session: HTMLSelectElement, changed: () => void): Promise<void> {
  const choices = await loadChoices();
  if (choices === undefined || choices.apps.length === 0) return;
  const kept = recall('app') ?? app.value;
  app.replaceChildren(
    ...choices.apps.map(({ app_key, name }) => make('option', { value: app_key }, `${app_key} · ${name}`)),
  );
  if (choices.apps.some(({ app_key }) => app_key === kept)) app.value = kept;
  // The page puts the session first where the method wants one.
  const wanted = session.value !== '';
  const offer = (): void => {
    const own = choices.sessions.filter(({ app_key }) => app_key === app.value);
    const options = own.map((each) => make('option', { value: each.session }, `${each.session} · ${each.nick}`));
    const none = make('option', { value: '' }, pageTexts.toolNoSession);
    session.replaceChildren(
      ...(wanted ? [...options, none] : [none, ...options]),
      make('option', { value: TYPED }, words.otherSession),
    );
    changed();
  };
  app.addEventListener('change', () => {
    remember('app', app.value);
    offer();
  });
  // What the reader chose before the server's choices came stays.
  const chosen = session.value;
  offer();
  choose(session, chosen);
  changed();
}

async function loadChoices(): Promise<Choices | undefined> {
  try {
    const answer = await fetch('/tool/apps');
    return answer.ok ? ((await answer.json()) as Choices) : undefined;
  } catch {
    return undefined;
  }
}
