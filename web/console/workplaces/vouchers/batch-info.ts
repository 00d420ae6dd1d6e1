import { useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../client.ts';
import { useSession } from '../../session.tsx';

/** A batch as `piaoquan.voucher.batch.get` gives it. */
export type Batch = AnswerOf<'piaoquan.voucher.batch.get'>['batch'];

const EVERY_MS = 5000;

/** The batch of a mix_id, looked at again every five seconds. */
export function useBatch(mix_id: string) {
  const { client } = useSession();
  return useQuery({
    queryKey: ['batch', mix_id],
    queryFn: async ({ signal }) => (await client.call('piaoquan.voucher.batch.get', { mix_id }, { signal })).batch,
    refetchInterval: EVERY_MS,
  });
}

/** How many codes of a batch stand in each state now; asked for where it is shown, and looked at every five seconds. */
export function useBoard(mix_id: string, isShown = true) {
  const { client } = useSession();
  return useQuery({
    queryKey: ['batch board', mix_id],
    queryFn: ({ signal }) => client.call('piaoquan.voucher.batch.board', { mix_id }, { signal }),
    refetchInterval: EVERY_MS,
    enabled: isShown,
  });
}

/** Where the page of a batch is, and of one of its parts. */
export const pathOf = (mix_id: string, part = ''): string =>
  `/vouchers/${encodeURIComponent(mix_id)}${part === '' ? '' : `/${part}`}`;

/** Where the codes of a batch come from; a batch has codes of one kind only. */
export const originOf = ({ code_pattern, total_count }: Batch): 'made' | 'imported' | 'none' =>
  code_pattern !== undefined ? 'made' : total_count > 0 ? 'imported' : 'none';
