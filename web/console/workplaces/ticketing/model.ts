import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiError } from '../../api.ts';
import type { ConsoleClient } from '../../client.ts';
import type { Choice } from '../../components/contract-fields.tsx';
import { newKey } from '../../key.ts';
import { useSession } from '../../session.tsx';
import type { Price, Project } from './parts.ts';

/**
 * One project with its live stock.
 * @param every milliseconds between looks; not looked at again unless given
 */
export function useProject(project_id: number, every?: number) {
  const { client } = useSession();
  return useQuery({
    queryKey: ['ticketing project', project_id],
    queryFn: ({ signal }) => readProject(client, project_id, signal),
    enabled: Number.isSafeInteger(project_id),
    ...(every !== undefined && { refetchInterval: every }),
  });
}

/** Asks for a project now. Rejects with TopError `isv.project-not-found`. */
export const readProject = async (client: ConsoleClient, project_id: number, signal?: AbortSignal): Promise<Project> =>
  (await client.call('piaoquan.ticketing.project.get', { project_id }, signal && { signal })).project;

/**
 * Keys that make an act of a form safe to repeat: the same content has the same key until the act is done, so that what
 * was sent twice counts once, and other content gets a key of its own.
 */
export function useBusinessKey(prefix: string) {
  const kept = useRef({ content: '', key: '' });
  return {
    keyOf: (content: unknown): string => {
      const text = JSON.stringify(content);
      if (kept.current.content !== text) kept.current = { content: text, key: newKey(prefix) };
      return kept.current.key;
    },
    renew: () => {
      kept.current = { content: '', key: '' };
    },
  };
}

/** Refuses to make a thing under an id that another bears: saving would change that one. */
export const idTaken = (zh: string, en: string, id: number): ApiError =>
  new ApiError(409, {
    code: 'id-taken',
    message: {
      zh: `${zh} ${id} 已存在，保存会改掉它。请换一个 ID。`,
      en: `${en} ${id} exists already, and saving would change it. Take another id.`,
    },
  });

/** Events to choose from, by their names. */
export const eventChoices = ({ event_list }: Project): Choice[] =>
  event_list.map(({ event_id, event_name }) => ({ value: event_id, label: `${event_name}（${event_id}）` }));

/** Tiers of an event to choose from, by their names. */
export const priceChoices = (prices: readonly Price[]): Choice[] =>
  prices.map(({ price_id, price_name }) => ({ value: price_id, label: `${price_name}（${price_id}）` }));
