/** The fields of the /token answer, or its error. */
export type TokenReply = {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  error?: string;
} & Record<string, unknown>;

/** What a page answered: a page of text, or where it sends the browser. */
export type Page = { status: number; html: string; location: string | undefined; headers: Headers };

const readPage = async (response: Response): Promise<Page> => ({
  status: response.status,
  html: await response.text(),
  location: response.headers.get('location') ?? undefined,
  headers: response.headers,
});

const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields),
});

/** What a user's browser and an app's backend do with the authorisation pages of a server; redirects are not followed. */
export function openBrowser(url: string) {
  const ask = async (query: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> =>
    readPage(await fetch(`${url}/authorize?${new URLSearchParams(query)}`, { redirect: 'manual', headers }));
  const press = async (ticket: string, decision: 'allow' | 'deny'): Promise<Page> =>
    readPage(await fetch(`${url}/authorize`, form({ ticket, decision })));
  const token = async (fields: Record<string, string>): Promise<{ status: number; body: TokenReply }> => {
    const response = await fetch(`${url}/token`, form(fields));
    return { status: response.status, body: (await response.json()) as TokenReply };
  };
  return {
    /** Opens the consent page. */
    ask,
    /** Presses a button of the consent page. */
    press,
    /** Posts to /token. */
    token,
    /** Opens the consent page and presses the button of a decision. */
    async decide(query: Record<string, string>, decision: 'allow' | 'deny' = 'allow'): Promise<Page> {
      return press(ticketOf(await ask(query)), decision);
    },
  };
}

/** The hidden ticket of a consent page; fails when the page is another one. */
export function ticketOf({ html }: Page): string {
  const found = /name="ticket" value="([^"]+)"/.exec(html)?.[1];
  if (found === undefined) throw new Error(`no consent page: ${html}`);
  return found;
}

/** The parameters that a redirect carries in its query, or in its fragment. */
export function carried({ location }: Page, part: 'search' | 'hash' = 'search'): Record<string, string> {
  const url = new URL(location ?? 'missing:');
  return Object.fromEntries(new URLSearchParams(url[part].slice(1)));
}
