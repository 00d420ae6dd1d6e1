import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../client.ts';
import { useSession } from '../../session.tsx';

/** Figures of the draws: the curve of stock and what was drawn of each prize. */
export type Stat = AnswerOf<'piaoquan.lottery.draw.stat'>;
/** The length of a step of the curve. */
export type Bucket = 'MINUTE' | 'HOUR' | 'DAY';
/** Which draws: of one activity, and of one segment and span where those are given. The end does not belong to it. */
export type Asked = {
  readonly spread_id: string;
  readonly bucket: Bucket;
  readonly segment_no?: number | undefined;
  readonly start_time?: Date | undefined;
  readonly end_time?: Date | undefined;
};

/** The figures of the draws, asked for where they are shown; looked at again after so many milliseconds, if given. */
export function useStat(asked: Asked, every?: number, isShown = true) {
  const { client } = useSession();
  return useQuery({
    queryKey: ['piaoquan.lottery.draw.stat', asked],
    queryFn: ({ signal }) => client.call('piaoquan.lottery.draw.stat', asked, { signal }),
    placeholderData: keepPreviousData,
    enabled: isShown,
    ...(every !== undefined && { refetchInterval: every }),
  });
}
