import type { lotteryPerformance } from '../../contract/lottery/lottery.ts';
import type { ResponseOf } from '../../contract/method.ts';
import type { Reward, Win } from './queries.ts';

/** Commands that one statement may carry together: of one second, each key of an app once. */
type Keyed = { readonly app_key: string; readonly out_biz_id: string; readonly now: Date };

/**
 * Splits commands into waves, in their order: a segment begins and ends with a whole second, so commands of one second
 * share theirs; and a key that comes again is told what its first command got, so it goes with a later wave.
 * @returns the places of the commands of each wave
 */
export function wavesOf(commands: readonly Keyed[]): number[][] {
  const seen = new Map<string, Map<string, number>>();
  const waves = new Map<number, number[]>();
  for (const [place, { app_key, out_biz_id, now }] of commands.entries()) {
    const keys = seen.get(app_key) ?? new Map<string, number>();
    const occurrence = (keys.get(out_biz_id) ?? 0) + 1;
    seen.set(app_key, keys.set(out_biz_id, occurrence));
    const wave = Math.floor(now.getTime() / 1000) * (commands.length + 1) + occurrence;
    const places = waves.get(wave);
    if (places) places.push(place);
    else waves.set(wave, [place]);
  }
  return [...waves.values()];
}

type RewardDTO = NonNullable<ResponseOf<typeof lotteryPerformance>['return_value']>['rewards'][number];

const DAY_MS = 86_400_000;

/**
 * The prize of a win as the caller sees it. It expires at its fixed instant, or its days of 24 hours after the win.
 * @param codes the plain voucher codes issued by now
 */
export function rewardOf(reward: Reward, { granted_at }: Pick<Win, 'granted_at'>, codes: readonly string[]): RewardDTO {
  const { gmt_expire, expire_days, code_count, ...shown } = reward;
  const byDays = expire_days === null ? null : new Date(granted_at.getTime() + expire_days * DAY_MS);
  return {
    ...shown,
    gmt_expire: gmt_expire ?? byDays,
    ...(code_count > 0 && { code_info_list: codes.map((code) => ({ code })) }),
  };
}
