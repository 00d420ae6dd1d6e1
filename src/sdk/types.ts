import type { TopError } from './errors.ts';
import type { Methods } from './methods.ts';

/** The name of a method that this release knows. */
export type MethodName = keyof Methods;
/** The name of any other method; its request and answer are loosely typed. */
export type OtherMethod = string & {};

/** Business parameters of a method this release does not know. */
export type LooseRequest = { readonly [name: string]: unknown };

/** The request of a method: instants as Date, whole numbers as numbers, lists as arrays. */
export type RequestOf<Method extends string> = Method extends MethodName ? Methods[Method]['request'] : LooseRequest;
/** The answer of a method, with the request_id that names the call in the platform's log. */
export type AnswerOf<Method extends string> = (Method extends MethodName
  ? Methods[Method]['response']
  : LooseRequest) & {
  readonly request_id: string;
};

type Needed<Request, Options> =
  // A request without mandatory members may be left out.
  Record<never, never> extends Request ? [request?: Request, options?: Options] : [request: Request, options?: Options];

type ListsOf<T> = {
  [Name in keyof T]-?: NonNullable<T[Name]> extends readonly unknown[] ? NonNullable<T[Name]> : never;
}[keyof T];

/** One code of an export. */
export type ExportedCode = ExportPage['coupon_list'][number];
/** One page of an export: `last_sequence` is the cursor after it. */
export type ExportPage = NonNullable<AnswerOf<'taobao.film.fcode.export.query'>['result']['return_value']>;

type Selected = AnswerOf<'taobao.promotion.benefit.selector'>['benefit_list'][number];

/** What the pages of a method list. */
export type ItemOf<Method extends string> = Method extends 'taobao.film.fcode.export.query'
  ? ExportedCode
  : Method extends 'taobao.promotion.benefit.selector'
    ? NonNullable<Selected['pack_detail_list']>[number]
    : Method extends MethodName
      ? ListsOf<Methods[Method]['response']>[number]
      : unknown;

/** The AbortSignal of wherever this runs. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : { readonly aborted: boolean };

/** As much of `fetch` as the client uses. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; signal: Signal },
) => Promise<{ text(): Promise<string> }>;

export type ClientOptions = {
  /** Address of the gateway: `http://host:7001`, or with the path that TOP's SDKs want, `…/router/rest`. */
  readonly url: string;
  readonly app_key: string;
  readonly secret: string;
  /** Session key of the user, sent with every call unless the call brings its own. */
  readonly session?: string | undefined;
  /** Digest of the signature; hmac-sha256 unless given. */
  readonly sign_method?: 'md5' | 'hmac' | 'hmac-sha256' | undefined;
  /** Longest wait for one answer in milliseconds, 10,000 unless given; a repeat waits as long again. */
  readonly timeout_ms?: number | undefined;
  /** How often a call is repeated at most, 3 times unless given. */
  readonly retries?: number | undefined;
  /** Used in place of the global fetch. */
  readonly fetch?: Fetch | undefined;
};

export type CallOptions = {
  readonly session?: string | undefined;
  /** Ends the call: it rejects with the signal's reason and is not repeated. */
  readonly signal?: Signal | undefined;
  readonly timeout_ms?: number | undefined;
  /**
   * How often this call is repeated at most. Given here it counts for every call; otherwise writes that a repeat would
   * carry out twice, and methods this release does not know, are not repeated when their fate is unknown.
   */
  readonly retries?: number | undefined;
};

/** One call of a batch. */
export type BatchCall<Method extends string> = {
  readonly method: Method;
  readonly session?: string | undefined;
} & (Record<never, never> extends RequestOf<Method>
  ? { readonly request?: RequestOf<Method> }
  : { readonly request: RequestOf<Method> });

/** Which codes to export, and from where on. */
export type ExportQuery = Omit<RequestOf<'taobao.film.fcode.export.query'>, 'params'> & {
  /** Cursor to go on from, as an earlier export gave it; from the beginning unless given. */
  readonly after?: number | undefined;
  /** Codes a page, 1 to 1,000; 1,000 unless given. */
  readonly page_size?: number | undefined;
  /** With CONSUME: whether the codes of reversed redemptions come too, as further rows; no unless given. */
  readonly reversals?: boolean | undefined;
};

/**
 * The codes of a batch, read page by page as they are asked for. Asked for again, it goes on from its cursor: redemptions
 * that came in the meantime follow.
 */
export type CodeExport = AsyncIterable<ExportedCode> & {
  /**
   * Where to go on: behind the last page of which everything was taken. Going on from here misses no code, and repeats
   * at most those of the page that was under way.
   */
  readonly cursor: number;
  /** The batch; known from the first page on. */
  readonly basic: ExportPage['basic'] | undefined;
  /** The same by pages. Keep a page and its `last_sequence` together, and nothing is missed or repeated. */
  pages(): AsyncIterable<ExportPage>;
};

/** Calls the methods of a platform as one app. */
export type Client = {
  /**
   * Calls a method. Rejects with {@link TopError} when the platform refuses it, and with TopNetworkError when no answer
   * came; either only after it was repeated in vain where that can help. A repeat carries the same request.
   */
  call<Method extends MethodName | OtherMethod>(
    method: Method,
    ...rest: Needed<RequestOf<Method>, CallOptions>
  ): Promise<AnswerOf<Method>>;
  /**
   * Makes many calls in few exchanges, a hundred in each, and gives their answers in the order of the calls: a value or
   * the TopError of each. Rejects with TopNetworkError when an exchange was not answered.
   */
  batch<const Names extends readonly (MethodName | OtherMethod)[]>(
    calls: { readonly [I in keyof Names]: BatchCall<Names[I]> },
    options?: CallOptions,
  ): Promise<{ -readonly [I in keyof Names]: AnswerOf<Names[I]> | TopError }>;
  /**
   * The answers of a method that lists by pages, from the page asked for to the last: follows `cursor`, page numbers and
   * the sequence of exports. A method without pages gives its one answer.
   */
  pages<Method extends MethodName | OtherMethod>(
    method: Method,
    ...rest: Needed<RequestOf<Method>, CallOptions>
  ): AsyncIterable<AnswerOf<Method>>;
  /** What those pages list, one by one. */
  items<Method extends MethodName | OtherMethod>(
    method: Method,
    ...rest: Needed<RequestOf<Method>, CallOptions>
  ): AsyncIterable<ItemOf<Method>>;
  /** Exports the codes of a batch (`ALL`) or its redemptions (`CONSUME`). A batch that is refused rejects with TopError. */
  export(query: ExportQuery, options?: CallOptions): CodeExport;
};
