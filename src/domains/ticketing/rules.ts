import type { Project, SaleWindow } from './queries.ts';

/** 1 not yet on sale, 2 on sale, 3 sale over. */
export type SaleState = 1 | 2 | 3;

/** The state of an event's sale at an instant. */
export function eventSaleState({ sale_start_time, sale_end_time }: SaleWindow, now: Date): SaleState {
  const instant = now.getTime();
  if (instant < sale_start_time) return 1;
  return instant < sale_end_time ? 2 : 3;
}

/** The state of a project's sale: on sale when any event is, else to come when any is (or none exists), else over. */
export function projectSaleState(events: readonly { readonly event_sale_state: SaleState }[]): SaleState {
  if (events.some(({ event_sale_state }) => event_sale_state === 2)) return 2;
  return events.length === 0 || events.some(({ event_sale_state }) => event_sale_state === 1) ? 1 : 3;
}

/** A project with the sale states that hold at an instant, beside all it had; what came in stays as it is. */
export function withSaleStates(project: Project, now: Date) {
  const event_list = project.event_list.map((event) => ({ ...event, event_sale_state: eventSaleState(event, now) }));
  return { ...project, project_sale_state: projectSaleState(event_list), event_list };
}

/** The id behind an id text as answers spell it: plain digits below 2^53. Anything else names nothing: undefined. */
export function readId(text: string): number | undefined {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}
