import { type Event, freeId, type Price, type Project } from './parts.ts';

/** A tier without what is counted, as it is saved. */
function priceToSave({ sale_count: _sold, held_count: _held, margin_count: _left, ...price }: Price): Price {
  return price;
}

/** An event without what is only shown, as it is saved; with these tiers. */
export function eventToSave({ status: _shown, ...event }: Event, price_list: readonly Price[]): Event {
  return { ...event, price_list: price_list.map(priceToSave) };
}

/** A new event like another: the same tiers with their full stock, under an id of its own. */
export const cloneEvent = (event: Event, event_id: number): Event => ({
  ...eventToSave(event, event.price_list),
  event_id,
});

/**
 * A new project like another: all events, tiers, packages and discounts, none of what was sold, and ids of its own. Tiers
 * keep theirs, which count within their event only.
 */
export function cloneProject(project: Project, now = Date.now()): Project {
  const taken: number[] = [];
  const next = (): number => {
    const id = freeId(taken, now);
    taken.push(id);
    return id;
  };
  return { ...project, project_id: next(), event_list: project.event_list.map((event) => cloneEvent(event, next())) };
}
