import type { Call } from './call.ts';
import type { BusinessParameters } from './request.ts';
import { shapes } from './shapes.ts';
import type { CallOptions, MethodName } from './types.ts';

type Answer = Awaited<ReturnType<Call>>;

/** How a method lists by pages. */
type Pager = {
  /** What to add to the first request. */
  readonly first?: (request: BusinessParameters) => BusinessParameters;
  /** The request of the page after an answer; undefined when that was the last. */
  readonly next: (request: BusinessParameters, answer: Answer) => BusinessParameters | undefined;
  readonly items: (answer: Answer) => readonly unknown[];
};

/** Lists with `cursor` and `next_cursor`, and of a method unknown to this release whatever looks like one. */
const byCursor: Pager = {
  next: (request, { next_cursor }) => (next_cursor ? { ...request, cursor: next_cursor } : undefined),
  items: (answer) => Object.values(answer).find((member): member is unknown[] => Array.isArray(member)) ?? [],
};

const single: Pager = { ...byCursor, next: () => undefined };

type Exported = { return_value?: { coupon_list: unknown[]; has_next: boolean; last_sequence: number } };
const exported = (answer: Answer) => (answer.result as Exported).return_value;

/** Exports go on from `last_sequence`, which stands beside the page's size in the JSON of `params`. */
const bySequence: Pager = {
  next: (request, answer) => {
    const page = exported(answer);
    if (!page?.has_next) return undefined;
    const params = JSON.parse(String(request.params ?? '{}')) as object;
    return { ...request, params: JSON.stringify({ ...params, last_sequence: page.last_sequence }) };
  },
  items: (answer) => exported(answer)?.coupon_list ?? [],
};

const MOST_TEMPLATES = 100;
type Selection = { step: number; current_page?: number; page_size?: number };
type Selected = { pack_detail_list?: unknown[]; template_total_count?: number };
const selected = (answer: Answer) => (answer.benefit_list as Selected[])[0];

/** The benefits of a type, in step 2 of the selector, have page numbers. */
const byNumber: Pager = {
  first: (request) => {
    const query = request.query as Selection;
    if (query.step !== 2) return request;
    return { query: { current_page: 1, page_size: MOST_TEMPLATES, ...query, page_query_request: true } };
  },
  next: (request, answer) => {
    const { step, current_page = 1, page_size = MOST_TEMPLATES, ...query } = request.query as Selection;
    if (step !== 2 || current_page * page_size >= (selected(answer)?.template_total_count ?? 0)) return undefined;
    return { query: { ...query, step, page_size, current_page: current_page + 1 } };
  },
  items: (answer) => selected(answer)?.pack_detail_list ?? [],
};

const own: { readonly [Name in MethodName]?: Pager } = {
  'taobao.film.fcode.export.query': bySequence,
  'taobao.promotion.benefit.selector': byNumber,
};

function pagerOf(method: string): Pager {
  const shape = shapes[method];
  return own[method as MethodName] ?? (shape !== undefined && !shape.cursor ? single : byCursor);
}

/** The answers of a method page by page; each page is asked for when it is wanted. */
export const pagesOf = (call: Call) =>
  async function* (method: string, request: BusinessParameters = {}, options: CallOptions = {}) {
    const { first, next } = pagerOf(method);
    for (let asked: BusinessParameters | undefined = first?.(request) ?? request; asked !== undefined; ) {
      const answer = await call(method, asked, options);
      yield answer;
      asked = next(asked, answer);
    }
  };

/** What the pages of a method list, one by one. */
export const itemsOf = (call: Call) => {
  const pages = pagesOf(call);
  return async function* (method: string, request?: BusinessParameters, options?: CallOptions) {
    const { items } = pagerOf(method);
    for await (const answer of pages(method, request, options)) yield* items(answer);
  };
};
