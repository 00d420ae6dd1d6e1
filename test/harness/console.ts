/** What a door of the console answered. */
export type ApiReply = {
  status: number;
  headers: Headers;
  /** The JSON body. */
  body: Record<string, unknown> & { error?: { code: string; field?: string; wait_seconds?: number } };
};

/** A browser at the console of a server: it keeps the cookie and sends the CSRF token as the page does. */
export type ConsoleClient = {
  readonly cookie: () => string;
  get(door: string): Promise<ApiReply>;
  /** Posts to a door; headers beside the page's own, or with undefined without one of them. */
  post(door: string, body?: unknown, headers?: Record<string, string | undefined>): Promise<ApiReply>;
  /** Calls a method and gives its simplified JSON. */
  call<T = Record<string, unknown>>(method: string, request?: object, session_user?: number): Promise<Answered<T>>;
};

/** Simplified JSON: the fields of the method, or an error. */
type Answered<T> = T & {
  request_id: string;
  error_response?: { code: number; sub_code?: string; msg: string; sub_msg?: string };
};

/** A browser that has not logged in yet. */
export function openConsole(url: string): ConsoleClient {
  let cookie = '';
  let csrf = '';
  const ask = async (method: string, door: string, init: RequestInit): Promise<ApiReply> => {
    const response = await fetch(`${url}/console/api/${door}`, { method, ...init });
    const set = response.headers.get('set-cookie');
    if (set !== null) cookie = set.split(';', 1)[0] as string;
    return { status: response.status, headers: response.headers, body: (await response.json()) as ApiReply['body'] };
  };
  const client: ConsoleClient = {
    cookie: () => cookie,
    async get(door) {
      const reply = await ask('GET', door, { headers: { cookie } });
      if (typeof reply.body.csrf_token === 'string') csrf = reply.body.csrf_token;
      return reply;
    },
    post(door, body = {}, headers = {}) {
      const all = { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json', ...headers };
      const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
      return ask('POST', door, { headers: given, body: JSON.stringify(body) });
    },
    async call<T>(method: string, request: object = {}, session_user?: number) {
      const { status, body } = await client.post('call', { method, request, session_user });
      if (status !== 200) throw new Error(`${method}: ${JSON.stringify(body)}`);
      return body as unknown as Answered<T>;
    },
  };
  return client;
}

/** A browser in which somebody has logged in; fails when that did not work. */
export async function logIn(url: string, door: string, body: object = {}): Promise<ConsoleClient> {
  const client = openConsole(url);
  const reply = await client.post(door, body);
  if (reply.status !== 200) throw new Error(`${door}: ${JSON.stringify(reply.body)}`);
  await client.get('me');
  return client;
}

/** Makes an operator with a password of its own choice and logs it in. */
export async function hire(owner: ConsoleClient, url: string, login: string, role: string): Promise<ConsoleClient> {
  const made = await owner.call('piaoquan.operator.save', { operator: { login, display_name: login, role } });
  const client = await logIn(url, 'login', { login, password: made.password });
  const changed = await client.post('password', { password: made.password, new_password: PASSWORD });
  if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
  return client;
}

/** What hired operators choose. */
export const PASSWORD = 'a long enough sentence';
