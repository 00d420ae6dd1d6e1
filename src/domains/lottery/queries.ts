import type { Queryable, Sql, Transaction } from '../../database/pool.ts';

/** A segment of an activity; both bounds are whole seconds and belong to it. */
export type Segment = { start_time: Date; end_time: Date; win_times: number; consumed_win_times: number };

/** A draw activity with its segments, earliest first. `status`: 1 on shelf, 2 off shelf. */
export type Activity = {
  spread_id: string;
  platform: number;
  name: string;
  status: number;
  segment_infos: Segment[];
};

type SegmentText = Omit<Segment, 'start_time' | 'end_time'> & { start_time: string; end_time: string };

/** The activities among `spread_ids` that exist, by spread_id; one statement. */
export async function findActivities(sql: Sql, spread_ids: string[]): Promise<Map<string, Activity>> {
  const rows = await sql<(Omit<Activity, 'segment_infos'> & { segment_infos: SegmentText[] })[]>`
    select a.spread_id, a.platform, a.name, a.status, s.segment_infos
    from lottery_activity a cross join lateral (
      select coalesce(json_agg(json_build_object(
        'start_time', start_time, 'end_time', end_time,
        'win_times', win_times, 'consumed_win_times', consumed_win_times) order by start_time), '[]') as segment_infos
      from lottery_segment where platform = a.platform and spread_id = a.spread_id
    ) s
    where a.spread_id = any (${spread_ids})`;
  return new Map(rows.map((row) => [row.spread_id, { ...row, segment_infos: row.segment_infos.map(readSegment) }]));
}

const readSegment = (segment: SegmentText): Segment => ({
  ...segment,
  start_time: new Date(segment.start_time),
  end_time: new Date(segment.end_time),
});

/**
 * Adds an activity with its segments, numbered as they come, and enters what they begin with in the ledger. Does
 * nothing when the spread_id is taken. Run it in a transaction.
 * @param entered_at instant of the ledger entries
 */
export async function insertActivity(sql: Queryable, activity: Activity, entered_at: Date): Promise<void> {
  const { segment_infos, ...row } = activity;
  const added = await sql`insert into lottery_activity ${sql(row)} on conflict do nothing returning spread_id`;
  if (added.length === 0) return;
  const { spread_id, platform } = row;
  for (const [index, segment] of segment_infos.entries()) {
    const segment_no = index + 1;
    await sql`insert into lottery_segment ${sql({ platform, spread_id, segment_no, ...segment })}`;
    for (const counter of ['win_times', 'consumed_win_times'] as const)
      if (segment[counter] > 0)
        await sql`select lottery_enter_opening(
        ${platform}, ${spread_id}, ${counter}, ${segment_no}, ${segment[counter]}, ${entered_at})`;
  }
}

/** What a prize brings: `cost_price` in fen; a fixed expiry or one in days of the win; codes of a voucher batch. */
export type Reward = {
  reward_title: string;
  reward_sub_title: string | null;
  reward_type: number;
  reward_sub_type: number;
  reward_count: number;
  reward_unit: string | null;
  cost_price: number;
  gmt_expire: Date | null;
  expire_days: number | null;
  reward_ext: string | null;
  code_count: number;
};

/** A prize as it is saved. `total_count`: its own stock, null without one. `mix_id`: the batch of its codes. */
export type Prize = Partial<Reward> & {
  prize_no: number;
  weight: number;
  total_count?: number | null;
  mix_id?: string | null;
};

/** Adds a prize to an activity; a prize_no that is there stays as it is. Run it in a transaction. */
export async function insertPrize(
  sql: Queryable,
  { spread_id, platform }: Pick<Activity, 'spread_id' | 'platform'>,
  prize: Prize,
  entered_at: Date,
): Promise<void> {
  await sql`select lottery_lock(${spread_id})`;
  await sql`select lottery_save_prize(${platform}, ${spread_id}, ${sql.json(jsonOf(prize))}, ${entered_at})
    where not exists (
      select from lottery_prize
      where platform = ${platform} and spread_id = ${spread_id} and prize_no = ${prize.prize_no})`;
}

/** A value as plain JSON, instants as text that PostgreSQL reads. */
export const jsonOf = (value: object) => JSON.parse(JSON.stringify(value));

/** A draw as the database takes it: `mix_user_id` as it is kept, `roll` a random whole number from 0 to below 2^48. */
export type DrawCommand = {
  readonly out_biz_id: string;
  readonly app_key: string;
  readonly mix_user_id: string;
  readonly roll: number;
};

/** A win: how complete it is (1, 3, 4), its reward (null without prizes), and what its codes are opened from. */
export type Win = {
  readonly result_code: number;
  readonly reward_no: number | null;
  readonly granted_at: Date;
  readonly codes: readonly Buffer[];
};

/** What became of a draw: a business code, and the win beside 0. */
export type Drawn = { readonly return_code: number; readonly win?: Win };

type DrawnJson = {
  return_code: number[] | null;
  won: number[] | null;
  prize_no: number[] | null;
  reward_no: Record<string, number> | null;
  known: number;
  wins: { n: number; result_code: number; reward_no: number | null; granted_at: number; codes: string[] }[];
};

/** Joins the values of a column: U+001F stands in no parameter of a call, and PostgreSQL splits it fastest. */
const column = (values: readonly (string | number)[]): string => values.join('\u001f');

/**
 * Draws for commands of one activity in one transaction, in their order, each key of an app once.
 * @param place the activity and its channel
 * @param now the instant of all of them, which lie in one second
 * @param fresh whether no key is thought to have a win; where one has, the driver's unique violation (23505) says to
 *   draw again without it
 * @returns what became of each, how many keys had a win before, and the rewards that the activity's prizes bring now
 */
export async function drawAll(
  sql: Sql,
  place: { platform: number; spread_id: string },
  now: Date,
  commands: readonly DrawCommand[],
  fresh: boolean,
): Promise<{ drawn: Drawn[]; known: number; reward_nos: number[] }> {
  const [row] = await sql<{ drawn: DrawnJson }[]>`
    select * from lottery_draw(${place.platform}, ${place.spread_id}, ${now},
      ${column(commands.map((each) => each.out_biz_id))}, ${column(commands.map((each) => each.app_key))},
      ${column(commands.map((each) => each.mix_user_id))}, ${column(commands.map((each) => each.roll))}, ${fresh}) as drawn`;
  const { return_code, won, prize_no, reward_no, known, wins } = (row as { drawn: DrawnJson }).drawn;
  const drawn: Drawn[] = commands.map((_command, index) => ({ return_code: return_code?.[index] ?? 0 }));
  const winners = won?.length ?? commands.length;
  for (let index = 0; index < winners; index++) {
    const prize = prize_no?.[index];
    const reward = prize === undefined ? null : (reward_no?.[prize] ?? null);
    const win: Win = { result_code: 1, reward_no: reward, granted_at: now, codes: [] };
    drawn[won === null ? index : (won[index] as number) - 1] = { return_code: 0, win };
  }
  for (const { n, granted_at, codes, ...win } of wins) {
    const opened = codes.map((code) => Buffer.from(code, 'hex'));
    drawn[n - 1] = { return_code: 0, win: { ...win, granted_at: new Date(granted_at), codes: opened } };
  }
  return { drawn, known, reward_nos: Object.values(reward_no ?? {}) };
}

/** The most voucher codes that a draw of each of these activities may bring, in their order. One statement. */
export async function findMostCodes(
  sql: Sql,
  places: readonly { platform: number; spread_id: string }[],
): Promise<number[]> {
  const rows = await sql<{ most: number }[]>`
    select coalesce((
      select max(r.code_count) from lottery_prize p join lottery_reward r using (platform, spread_id, reward_no)
      where p.platform = k.platform and p.spread_id = k.spread_id), 0) as most
    from unnest((select ${places.map((each) => each.platform)}::bigint[]),
      (select ${places.map((each) => each.spread_id)}::text[])) with ordinality as k (platform, spread_id, n)
    order by k.n`;
  return rows.map(({ most }) => most);
}

/** A voiding as the database takes it. */
export type InvalidCommand = Omit<DrawCommand, 'roll'>;

/** Voids wins of one activity in one transaction, in their order; gives a business code for each. */
export async function invalidAll(
  sql: Sql,
  place: { platform: number; spread_id: string },
  now: Date,
  commands: readonly InvalidCommand[],
): Promise<number[]> {
  const rows = commands.map(({ out_biz_id, app_key, mix_user_id }) => [out_biz_id, app_key, mix_user_id]);
  const [row] = await sql<{ codes: number[] }[]>`
    select * from lottery_invalid(${place.platform}, ${place.spread_id}, ${now}, ${sql.json(rows)}) as codes`;
  return (row as { codes: number[] }).codes;
}

/** The key of a draw, and the activity and channel that it is for. */
export type DrawKey = Pick<DrawCommand, 'out_biz_id' | 'app_key'> & {
  readonly platform: number;
  readonly spread_id: string;
};

/** The channel that is the home of an app; null, with the business code of the refusal, where there is none yet. */
export type Home = { readonly platform: number | null; readonly return_code: number };

/** The homes of the apps of some draws, in their order; an app without one gets it by its first draw in an activity. */
export async function findHomes(sql: Sql, draws: readonly DrawKey[]): Promise<Home[]> {
  const rows = draws.map(({ app_key, platform, spread_id }) => [app_key, platform, spread_id]);
  const [row] = await sql<{ homes: Home[] }[]>`select * from lottery_homes(${sql.json(rows)}) as homes`;
  return (row as { homes: Home[] }).homes;
}

/**
 * Claims keys of apps of one home for draws in other channels, in one transaction; gives a business code for each, 0 when
 * the key is that channel's. Run again it says the same. Gives way (55P03) to draws at home that enter the same keys.
 */
export async function claimKeys(sql: Sql, home: number, now: Date, keys: readonly DrawKey[]): Promise<number[]> {
  const rows = keys.map(({ out_biz_id, app_key, platform, spread_id }) => [out_biz_id, app_key, platform, spread_id]);
  const [row] = await sql<{ codes: number[] }[]>`
    select * from lottery_claim(${home}, ${sql.json(rows)}, ${now}) as codes`;
  return (row as { codes: number[] }).codes;
}

/** A Taobao user by its Alipay id, and its membership; `expire_date` is the last second of it, `invalid_date` when one before ended. */
export type Member = {
  readonly alipay_id: string;
  readonly mix_user_id: string;
  /** Masked. */
  readonly nick: string;
  readonly member_level: number;
  readonly expire_date: Date | null;
  readonly invalid_date: Date | null;
};

/** The members among these Alipay ids, by them; one statement. */
export async function findMembers(sql: Queryable, alipay_ids: readonly string[]): Promise<Map<string, Member>> {
  const rows = await sql<Member[]>`
    select alipay_id, mix_user_id, nick, member_level, expire_date, invalid_date from lottery_member
    where alipay_id = any (${alipay_ids}::text[])`;
  return new Map(rows.map((row) => [row.alipay_id, row]));
}

/** Adds a member; does nothing when there is one of its id. */
export async function insertMember(sql: Queryable, member: Member): Promise<void> {
  await sql`insert into lottery_member ${sql(member)} on conflict do nothing`;
}

/**
 * Adds or changes a member. A membership that is over, or that level 0 ends now, leaves the instant of its end as
 * `invalid_date`. Gives the end that stood there before, which the row's lock keeps; undefined where there was none.
 */
export async function saveMember(
  tx: Transaction,
  member: Omit<Member, 'invalid_date'>,
  now: Date,
): Promise<Date | undefined> {
  const [old] = await tx<{ expire_date: Date | null }[]>`
    select expire_date from lottery_member where alipay_id = ${member.alipay_id} for no key update`;
  await tx`
    insert into lottery_member as m ${tx(member)}
    on conflict (alipay_id) do update set mix_user_id = excluded.mix_user_id, nick = excluded.nick,
      member_level = excluded.member_level, expire_date = excluded.expire_date, invalid_date = case
        when period_over(m.expire_date, ${now}) then m.expire_date
        when excluded.member_level = 0 and m.member_level <> 0 then date_trunc('second', ${now}::timestamptz)
        else m.invalid_date end`;
  return old?.expire_date ?? undefined;
}

/** Names a reward for good: what it brings never changes. */
export type RewardKey = { readonly platform: number; readonly spread_id: string; readonly reward_no: number };

/** The rewards of these keys, in their order; undefined where there is none. One statement. */
export async function findRewards(sql: Sql, keys: readonly RewardKey[]): Promise<(Reward | undefined)[]> {
  const rows = await sql<(Reward & { n: number })[]>`
    select k.n::int4, reward_title, reward_sub_title, reward_type, reward_sub_type, reward_count, reward_unit, cost_price,
      gmt_expire, expire_days, reward_ext, code_count
    from unnest((select ${keys.map((key) => key.platform)}::bigint[]), (select ${keys.map((key) => key.spread_id)}::text[]),
      (select ${keys.map((key) => key.reward_no)}::integer[])) with ordinality as k (platform, spread_id, reward_no, n)
    join lottery_reward using (platform, spread_id, reward_no)`;
  const found = new Map(rows.map(({ n, ...reward }) => [n, reward]));
  return keys.map((_key, index) => found.get(index + 1));
}
