import type { benefitSelector } from '../../contract/benefits/benefit.ts';
import type { RequestOf } from '../../contract/method.ts';

/** What a selector request asks. */
export type SelectorQuery = RequestOf<typeof benefitSelector>['query'];

/** Which part of the templates is shown, and whether used-up ones are. */
export type Window = { hide_used_up: boolean; limit: number; offset: number };

/** Most templates of a type that a request without paging gets. */
const MAX_UNPAGED = 1000;
const PAGE_SIZE = 20;

/**
 * The part of a type's templates that a request gets. Only page_query_request=true makes pages, which keep used-up
 * templates; otherwise the paging fields do not narrow the list, as the page of the method says.
 */
export function listWindow({ page_query_request, current_page, page_size }: SelectorQuery): Window {
  if (page_query_request !== true) return { hide_used_up: true, limit: MAX_UNPAGED, offset: 0 };
  const limit = page_size ?? PAGE_SIZE;
  return { hide_used_up: false, limit, offset: ((current_page ?? 1) - 1) * limit };
}

/** Whether the answer tells the total: the request speaks of paging in any way. */
export const wantsTotal = ({ page_query_request, current_page, page_size }: SelectorQuery): boolean =>
  page_query_request === true || current_page != null || page_size != null;
