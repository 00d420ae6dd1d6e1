import { gmt8 } from '../../contract/gmt8.ts';
import { demoEnd } from '../../database/demo-end.ts';
import type { Sql } from '../../database/pool.ts';
import type { Vault } from '../../secrets/vault.ts';
import { charge, insertBiz } from './charge/queries.ts';
import { insertNew, openLedger, type Row } from './queries.ts';
import { BIZ_KEY_SEALED, BIZ_SECRET_SEALED, MEMBER_PURPOSE, MEMBER_SEALED } from './sealed.ts';

const isvs: Row[] = [
  { isv_id: 1, isv_name: '演示内容方' },
  { isv_id: 2, isv_name: '另一内容方' },
];

/** Circle 1 of partner 1 is the documented one; its contents are those of the pages of query and receive. */
const circles: Row[] = [
  { isv_id: 1, circle_id: 1, circle_name: '演示人群', circle_contents: ['ass', 'aasasa'] },
  { isv_id: 1, circle_id: 2, circle_name: '不限内容的人群', circle_contents: [] },
  { isv_id: 2, circle_id: 1, circle_name: '另一内容方的人群', circle_contents: ['ass'] },
];

const plan = (id: number, name: string, period: [Date, Date], circle = { isv_id: 1, circle_id: 1 }): Row => ({
  ...circle,
  id,
  name,
  start_time: period[0],
  end_time: period[1],
  count_limit: 1,
});

const DOCUMENTED_START = gmt8('2021-09-03 00:00:00');
const DOCUMENTED_END = gmt8('2021-09-05 00:00:00');
const YEAR_MS = 365 * 86_400_000;

function plansAt(now: Date): Row[] {
  const open: [Date, Date] = [DOCUMENTED_START, demoEnd(now)];
  const after = (ms: number): Date => new Date(open[1].getTime() + ms);
  return [
    plan(1, '月卡', open),
    plan(2, '月卡（已结束）', [DOCUMENTED_START, DOCUMENTED_END]),
    plan(3, '月卡（未开始）', [after(1000), after(YEAR_MS)]),
    plan(4, '周卡', open, { isv_id: 1, circle_id: 2 }),
    plan(5, '年卡', open, { isv_id: 2, circle_id: 1 }),
  ];
}

/** The documented items, of every plan. */
const itemsOf = (plans: readonly Row[]): Row[] =>
  plans.flatMap(({ id: plan_id }) => [
    {
      plan_id: plan_id as number,
      id: 1,
      name: '爱奇艺月卡',
      weight: 2,
      consume_inventory: 1,
      total_inventory: 10,
      consumed_inventory: 8,
    },
    {
      plan_id: plan_id as number,
      id: 2,
      name: '优酷月卡',
      weight: 3,
      consume_inventory: null,
      total_inventory: null,
      consumed_inventory: 0,
    },
  ]);

/** The documented business code; its secret and the private key are public, and only a sandbox has them. */
export const DEMO_BIZ = {
  biz_code: 'e3aa7fc68af1406b8ef41fe77c5abaee',
  secret: 'sandbox-charge-secret',
  public_key: `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC2G4OFb8tBLffSnUw88r9nvLOS
MapI7tgSmgi3punMCRNoguGqef4bqYE2b82BezAJwjFynv5kjmLkrJSVTA728rhd
s2gug8hD2ivkyvGTUzFOcxbgGpu4mwZIykk1UVGRjQKtUeT3chO1cu2y5HtbNIbR
0HElqDiau0DA3XtPZQIDAQAB
-----END PUBLIC KEY-----
`,
  private_key: `-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALYbg4Vvy0Et99Kd
TDzyv2e8s5Ixqkju2BKaCLem6cwJE2iC4ap5/hupgTZvzYF7MAnCMXKe/mSOYuSs
lJVMDvbyuF2zaC6DyEPaK+TK8ZNTMU5zFuAam7ibBkjKSTVRUZGNAq1R5PdyE7Vy
7bLke1s0htHQcSWoOJq7QMDde09lAgMBAAECgYAyUFm/NUsIACZXd4RH1p3RkI5g
lv5AVlU2ln5QF3rDF8LX/klRK5FsnSGJI8y4uItmNtQoogsRR1HFcnU+5pu/YWjP
cyocK5W24a5N/Jst9So0UMZFkIy/eWgRNCzwGu9zl/HFNnbg3JIFS3A+Soc/QPIQ
Qutm7Xgy3ZUUQFaWAQJBAOd3t71jXTLpGc5EYnUWbTslf2DZpUKUGJCRPp8oDQnP
xDZ5XId4OtjEFeu6tdPRoWEu7vCuzqT/qgVis3aA3IECQQDJaIi5PrkPIX51wRYU
omBEhcWrbqNT2PgFQsUV/a5BJrAt9GVbw5GcympG+diJByAyh/s8AFojkZw1qcWP
bhDlAkEA1Fe1jd6L71p8vAdsM3IBfxMlSdogi3WFG4rDYgrB+1BI9phbVEPt6FHq
sji0+b8ERz1hIhebpy6L8Sjc7kfFAQJAccnPROk84GGJ8rkt4maCgPQa42nUeLCi
H0bD1lLGOiTDcJMdGKT7BVwOgx7wySnvdN0CgbmpM2M2n9LUvN3wSQJADJaKnE8R
Jn3kXpbY4YCdBj/RExVE7dBjP3hpwA2a+095MaE9kf2SGiqmwrpEak9l9eVJXRf7
FKmFFFlsplUrDA==
-----END PRIVATE KEY-----
`,
} as const;

/** Business codes by the length of their memberships: a month, which renews itself, a quarter and a year. */
const bizCodes: [biz_code: string, perform_type: number, auto_renew: boolean][] = [
  [DEMO_BIZ.biz_code, 1, true],
  ['demo_quarter', 2, true],
  ['demo_year', 3, false],
];

/** The charge of the page, which its ready-made request repeats; the number is that of its encrypted_mobile. */
const CHARGED = { order_no: 'e3aa7fc68af1406b8ef41fe77c5abaeeabc10', mobile: '13812345678' };

/**
 * Loads the demo plans: 1 with the documented values, which can be received, 2 with the documented period, which is
 * over, 3 not begun, 4 of another circle and 5 of another partner; and three business codes of the source `youku` with
 * the keys of {@link DEMO_BIZ}, one with the charge of the page. Loading again changes nothing that is there.
 */
export async function loadSendplansDemo({ sql, vault }: { sql: Sql; vault: Vault }, now: Date): Promise<void> {
  const plans = plansAt(now);
  await sql.begin(async (tx) => {
    await insertNew(tx, 'sendplan_isv', isvs);
    await insertNew(tx, 'sendplan_circle', circles);
    await insertNew(tx, 'sendplan', plans);
    await insertNew(tx, 'sendplan_item', itemsOf(plans));
    await openLedger(
      tx,
      plans.map(({ id }) => id as number),
      now,
    );
    for (const [biz_code, perform_type, auto_renew] of bizCodes)
      await insertBiz(tx, {
        ...{ biz_code, source: 'youku', perform_type, auto_renew, status: 1, public_key: DEMO_BIZ.public_key },
        secret_sealed: vault.seal(BIZ_SECRET_SEALED, [biz_code], DEMO_BIZ.secret),
        private_key_sealed: vault.seal(BIZ_KEY_SEALED, [biz_code], DEMO_BIZ.private_key),
      });
  });
  const { order_no, mobile } = CHARGED;
  const member_hash = vault.hash(MEMBER_PURPOSE, mobile).toString('hex');
  await charge(sql, DEMO_BIZ.biz_code, [
    {
      ...{ at: now.getTime(), order_no },
      member_hash,
      member_sealed: vault.seal(MEMBER_SEALED, [DEMO_BIZ.biz_code, member_hash], mobile).toString('base64'),
    },
  ]);
}
