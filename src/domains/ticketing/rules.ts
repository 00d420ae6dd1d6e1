import { isOver } from '../../contract/period.ts';
import type { Label } from '../../contract/schema.ts';
import type { Caller, Project, SaleWindow } from './queries.ts';

/** 1 not yet on sale, 2 on sale, 3 sale over. */
export type SaleState = 1 | 2 | 3;

/** The state of an event's sale at an instant; it holds its last second whole. */
export function eventSaleState({ sale_start_time, sale_end_time }: SaleWindow, now: Date): SaleState {
  const instant = now.getTime();
  if (instant < sale_start_time) return 1;
  return isOver(sale_end_time, now) ? 3 : 2;
}

/** The state of a project's sale: on sale when any event is, else to come when any is (or none exists), else over. */
export function projectSaleState(events: readonly { readonly event_sale_state: SaleState }[]): SaleState {
  if (events.some(({ event_sale_state }) => event_sale_state === 2)) return 2;
  return events.length === 0 || events.some(({ event_sale_state }) => event_sale_state === 1) ? 1 : 3;
}

/** The states of the sales of a project's events at an instant: one digit an event, in the order of the events. */
export const saleStatesAt = (project: Project, now: Date): string =>
  project.event_list.map((event) => eventSaleState(event, now)).join('');

/** A project with the sale states of {@link saleStatesAt} beside all it had; what came in stays as it is. */
export function withSaleStates(project: Project, states: string) {
  const event_list = project.event_list.map((event, place) => ({
    ...event,
    event_sale_state: Number(states[place]) as SaleState,
  }));
  return { ...project, project_sale_state: projectSaleState(event_list), event_list };
}

/** The id behind an id text as answers spell it: plain digits below 2^53. Anything else names nothing: undefined. */
export function readId(text: string): number | undefined {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}

/** The first token that leads nowhere, as a result_code; undefined when all three are known. */
export function tokenRefusal({ tenant_id, ptnr_id, channel_id }: Caller): '10201' | '10202' | '10203' | undefined {
  if (tenant_id === null) return '10201';
  if (ptnr_id === null) return '10202';
  return channel_id === null ? '10203' : undefined;
}

/** What a refusal's words leave open: what stands in braces, in one language or both. */
export type Arguments = Readonly<Record<string, string | number | Label | null | undefined>>;

/**
 * The first three fields of every answer of the family: the words of a code in the language asked for (2 English, else
 * Chinese), what stands in braces filled in.
 * @param success the code that means success
 */
export function resultOf<Code extends string>(
  results: Readonly<Record<Code, Label>>,
  success: Code,
  code: Code,
  lang_type: number | null | undefined,
  args: Arguments = {},
) {
  const lang = lang_type === 2 ? 'en' : 'zh';
  const fill = (_brace: string, name: string): string => {
    const value = args[name] ?? '';
    return typeof value === 'object' ? value[lang] : String(value);
  };
  const result_msg = results[code][lang].replace(/\{(\w+)\}/g, fill);
  return { success: code === success, result_code: Number(code), result_msg };
}

/** Orders and tickets of a project are numbered from its own number times this on. */
const NUMBERS_OF_A_PROJECT = 1_000_000_000;

/** The number of the project that an order or ticket id leads to. */
export const projectNoOf = (id: number): number => Math.floor(id / NUMBERS_OF_A_PROJECT);
