import { itemOf } from '../../../../src/contract/schema.ts';
import { TopError } from '../../../../src/sdk/errors.ts';
import type { ConsoleClient } from '../../client.ts';
import { fieldAt, knownContract } from '../../contracts.ts';
import { eventToSave } from './clone.ts';
import { idTaken, readProject } from './model.ts';
import type { Event, Price, Project } from './parts.ts';

/** What was filled in of a form made from project.save's contract. */
export type Values = Readonly<Record<string, unknown>>;
type Request = { readonly project: Values };

/** The schemas of a project, an event and a tier, as they are saved. */
export const projectSchema = fieldAt(knownContract('piaoquan.ticketing.project.save').request, 'project').schema;
export const eventSchema = itemOf(fieldAt(projectSchema, 'event_list').schema);
export const priceSchema = itemOf(fieldAt(eventSchema, 'price_list').schema);

/** What is counted and shown of a tier, and is not for saving. */
export const COUNTED = ['sale_count', 'held_count', 'margin_count'] as const;
const below = (path: string, names: readonly string[]): string[] => names.map((name) => `${path}.${name}`);
/** What a form of an event with its tiers leaves out. */
export const EVENT_COUNTED: readonly string[] = ['status', ...below('price_list', COUNTED)];
/** What a form of a whole project leaves out. */
export const PROJECT_COUNTED: readonly string[] = below('event_list', EVENT_COUNTED);
/** What a form of a project without its events leaves out. */
export const PROJECT_HIDDEN: readonly string[] = ['event_list'];

const NOT_FOUND = 'isv.project-not-found';

/**
 * The request that makes a project. Rejects when its id is taken: the platform would save what was filled in over the
 * project that bears it.
 */
export async function asNew(client: ConsoleClient, project: Values): Promise<Request> {
  const project_id = Number(project.project_id);
  const taken = await readProject(client, project_id).then(
    () => true,
    (error) => {
      if (error instanceof TopError && error.sub_code === NOT_FOUND) return false;
      throw error;
    },
  );
  if (taken) throw idTaken('项目', 'Project', project_id);
  return { project };
}

/** The request that changes a project's own members; its events stay as they are. */
export const withBase = (values: Values): Request => ({ project: { ...values, event_list: [] } });

/** The request that saves one event of a project as it stands at this moment. */
const withEvent = (project: Project, event: Values | Event): Request => ({
  project: { ...project, event_list: [event] },
});

/** The request that adds an event with its tiers. Rejects when the project has one of that id. */
export async function withNewEvent(client: ConsoleClient, project_id: number, values: Values): Promise<Request> {
  const project = await readProject(client, project_id);
  const event_id = Number(values.event_id);
  if (project.event_list.some((event) => event.event_id === event_id)) throw idTaken('场次', 'Event', event_id);
  return withEvent(project, values);
}

/** The request that changes an event and its discounts; its tiers stay as they are. */
export const withOldEvent = async (client: ConsoleClient, project_id: number, values: Values): Promise<Request> =>
  withEvent(await readProject(client, project_id), { ...values, price_list: [] });

type Place = { readonly project_id: number; readonly event_id: number };

/**
 * The request that saves one tier or package of an event; all else stays as it is at this moment. Rejects when a new one
 * has the id of another.
 */
export async function withPrice(
  client: ConsoleClient,
  { project_id, event_id }: Place,
  values: Values,
  isNew: boolean,
): Promise<Request> {
  const project = await readProject(client, project_id);
  const event = project.event_list.find((each) => each.event_id === event_id) as Event;
  const price_id = Number(values.price_id);
  if (isNew && event.price_list.some((price) => price.price_id === price_id)) throw idTaken('票档', 'Tier', price_id);
  return withEvent(project, eventToSave(event, [values as unknown as Price]));
}
