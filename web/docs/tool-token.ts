import { one } from './dom.ts';
import { sendCall, signCall, type Wish } from './tool-send.ts';

/** Where a code is shown rather than sent to (TOP protocol 8.1). */
const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';
const CREATE = 'taobao.top.auth.token.create';

/**
 * For a form whose `data-fetches` names a parameter that works once, an authorisation code or a refresh token: gives a
 * function that puts a fresh one into its field ahead of a call. What the reader typed or replays stays; where none can
 * be had the call goes as it is and its answer says why.
 */
export function startFetching(form: HTMLFormElement, fields: HTMLElement): (wish: Wish) => Promise<void> {
  const wanted = form.dataset.fetches;
  let fetched = '';
  return async (wish) => {
    const field = wanted === undefined ? undefined : one<HTMLInputElement>(`[data-path="${wanted}"]`, fields);
    if (field === undefined || !['', field.defaultValue, fetched].includes(field.value)) return;
    const code = await authorize(wish.app_key).catch(() => undefined);
    const value =
      code === undefined || wanted === 'code' ? code : await refreshTokenOf(code, wish).catch(() => undefined);
    if (value === undefined) return;
    fetched = value;
    field.value = value;
  };
}

/** An authorisation code of the sandbox's user for an app; undefined where nobody is signed in to authorise it. */
async function authorize(app_key: string): Promise<string | undefined> {
  const asked = new URLSearchParams({ client_id: app_key, response_type: 'code', redirect_uri: OUT_OF_BAND });
  const page = await pageOf(await fetch(`/authorize?${asked}`));
  const ticket = page.querySelector<HTMLInputElement>('input[name=ticket]')?.value;
  if (ticket === undefined) return undefined;
  const body = new URLSearchParams({ ticket, decision: 'allow' });
  const answer = await pageOf(await fetch('/authorize', { method: 'POST', body }));
  return answer.querySelector('code')?.textContent ?? undefined;
}

const pageOf = async (answer: Response): Promise<Document> =>
  new DOMParser().parseFromString(await answer.text(), 'text/html');

async function refreshTokenOf(code: string, wish: Wish): Promise<string | undefined> {
  const call = { ...wish, method: CREATE, spelling: 'simplified', values: { code } } as const;
  const { text } = await sendCall(await signCall(call), 'simplified');
  const { token_result } = JSON.parse(text) as { token_result?: string };
  return token_result === undefined ? undefined : (JSON.parse(token_result) as { refresh_token: string }).refresh_token;
}
