import type { Label } from '../../src/contract/schema.ts';
import { language, make } from './dom.ts';
import { words } from './labels.ts';
import type { Caller, PastCaller } from './tool-choices.ts';
import { fillForm } from './tool-fill.ts';

/** What a sandbox still knows of a past call. */
type Past = PastCaller & { readonly method: string; readonly parameters: Readonly<Record<string, string>> };

/**
 * Fills the form with the call that the address of the page names, `?replay=<request_id>`, and says above the form what
 * was filled in, or why nothing was.
 */
export async function startReplay(form: HTMLFormElement, fields: HTMLElement, caller: Caller): Promise<void> {
  const request_id = new URLSearchParams(location.search).get('replay');
  if (request_id === null || !/^\w{1,64}$/.test(request_id)) return;
  const told = await load(request_id);
  if ('refusal' in told) return tell(form, told.refusal, words.replayExample);
  const { past } = told;
  if (past.method !== form.dataset.method) {
    const href = `/${language}/api/${past.method}?replay=${request_id}#tool`;
    return tell(form, words.replayOther(request_id, past.method), ' ', make('a', { href }, words.replayThere));
  }
  const unfit = fillForm(fields, past.parameters);
  await caller.follow(past);
  tell(form, words.replayFilled(request_id));
  if (unfit.length > 0) tell(form, words.replayUnread(unfit.join(', ')));
}

async function load(request_id: string): Promise<{ past: Past } | { refusal: string }> {
  try {
    const answer = await fetch(`/tool/call/${request_id}`);
    const body = (await answer.json()) as Past & { readonly message: Label };
    // What stands before the sentence that follows ends as a sentence does.
    return answer.ok ? { past: body } : { refusal: body.message[language] + (language === 'zh' ? '。' : '. ') };
  } catch {
    return { refusal: words.replayFailed };
  }
}

const tell = (form: HTMLElement, ...parts: (Node | string)[]): void =>
  form.before(make('p', { class: 'notice small', role: 'status', 'data-replay': true }, ...parts));
