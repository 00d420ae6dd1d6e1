import { type CallContext, fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { refuseOver } from '../../../contract/period.ts';
import { given } from '../../../contract/settings.ts';
import { type voucherBatchContracts, voucherBatchSave } from '../../../contract/vouchers/admin.ts';
import { logged } from '../../../database/change-log.ts';
import type { JobStep } from '../../../database/jobs.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { pageOf } from '../../paging.ts';
import { type Batch, insertGrant } from '../queries.ts';
import { codeSpace } from '../series.ts';
import {
  type BatchRecord,
  deleteGrant,
  findBatches,
  findForm,
  holdBatch,
  makeCodes,
  saveBatch,
  setStatus,
  startGeneration,
} from './queries.ts';
import { chooseForm, formProblem, mostCodes, validityProblem } from './rules.ts';

/** Codes made in one transaction: the batch is locked for a fraction of a second at a time. */
const PART = 50_000;

const refused = (sub_code: keyof typeof voucherBatchSave.errors, sub_msg?: string) =>
  fault(voucherBatchSave, sub_code, sub_msg);

async function oneBatch(sql: Sql, mix_id: string): Promise<BatchRecord> {
  const [batch] = await findBatches(sql, { mix_id, limit: 1 });
  if (batch === undefined) throw refused('isv.voucher-batch-not-exist');
  return batch;
}

type SavedBatch = RequestOf<typeof voucherBatchSave>['batch'];

/** Creates a batch or changes it: settings that are left out stay, null takes them away. Days stand with DAY alone. */
async function store(tx: Transaction, asked: SavedBatch, context: CallContext): Promise<void> {
  const old = await holdBatch(tx, asked.mix_id);
  const valid_duration_type = asked.valid_duration_type === 'DAY' ? 'DAY' : 'GENERAL';
  const none = { description: null, max_bind_count: null, valid_days: null };
  const kept = { ...none, ...old, ...(valid_duration_type === 'GENERAL' && { valid_days: null }) };
  const batch: Batch = { ...kept, ...given(asked), valid_duration_type };
  const problem = validityProblem(batch);
  if (problem !== undefined) throw refused('isv.voucher-batch-invalid', problem);
  const end = { path: 'batch.coupon_expire_time', end: batch.coupon_expire_time, old: old?.coupon_expire_time };
  refuseOver(voucherBatchSave, 'isv.voucher-batch-over', end, context.now);
  await logged(tx, context, [['voucher_batch', { mix_id: batch.mix_id }]], () => saveBatch(tx, batch));
}

/** The administration of batches, their codes' making and their grants. */
export const batchHandlers = ({ sql }: { sql: Sql }): Handlers<typeof voucherBatchContracts> => ({
  'piaoquan.voucher.batch.save': async ({ batch }, context) => {
    await sql.begin((tx) => store(tx, batch, context));
    return { batch: await oneBatch(sql, batch.mix_id) };
  },
  'piaoquan.voucher.batch.get': async ({ mix_id }) => ({ batch: await oneBatch(sql, mix_id) }),
  'piaoquan.voucher.batch.list': async ({ status, name, cursor, page_size }) => {
    const filter = { status: status ?? null, name: name ?? null, after: cursor ?? null };
    const find = (limit: number) => findBatches(sql, { ...filter, limit });
    const page = await pageOf(page_size, find, ({ mix_id }) => mix_id);
    return { batches: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.voucher.batch.status.update': async ({ mix_id, status }, context) => {
    const row = ['voucher_batch', { mix_id }] as const;
    const set = await sql.begin((tx) => logged(tx, context, [row], () => setStatus(tx, mix_id, status)));
    if (!set) throw refused('isv.voucher-batch-not-exist');
    return { is_success: true };
  },
  'piaoquan.voucher.batch.generate': (request, context) => generate(sql, request, context),
  'piaoquan.voucher.grant.save': async (grant, context) => {
    await oneBatch(sql, grant.mix_id);
    await sql.begin((tx) => logged(tx, context, [grantRow(grant)], () => insertGrant(tx, grant)));
    return { is_success: true };
  },
  'piaoquan.voucher.grant.delete': async (grant, context) => {
    await oneBatch(sql, grant.mix_id);
    await sql.begin((tx) => logged(tx, context, [grantRow(grant)], () => deleteGrant(tx, grant)));
    return { is_success: true };
  },
});

const grantRow = ({ mix_id, partner_code, user_id }: RequestOf<(typeof voucherBatchContracts)[5]>) =>
  ['voucher_grant', { mix_id, partner_code, user_id }] as const;

type Asked = RequestOf<(typeof voucherBatchContracts)[4]>;

/** Checks all that could keep codes from being made before the first is. */
async function generate(sql: Sql, { mix_id, count, unique_id, ...asked }: Asked, context: CallContext) {
  await oneBatch(sql, mix_id);
  const form = chooseForm(asked, await findForm(sql, mix_id));
  const problem = formProblem(form);
  if (problem !== undefined) throw refused('isv.voucher-pattern-invalid', problem);
  const most = mostCodes(form);
  const number = `[${JSON.stringify(mix_id)}, ${JSON.stringify(unique_id)}]`;
  const job = { app_key: context.app_key, kind: 'voucher.generate', unique_id: number };
  const generation = { mix_id, form, count, most, app_key: job.app_key, unique_id: job.unique_id };
  // A job comes before its batch, which is told first.
  const { state, job_id } = await sql.begin((tx) =>
    logged(tx, context, [['job', job]], () =>
      logged(tx, context, [['voucher_batch', { mix_id }]], () => startGeneration(tx, generation, context.now)),
    ),
  );
  switch (state) {
    case 'ok':
      return { job_id, possible_count: String(codeSpace(form)) };
    case 'conflict':
      throw refused('isv.voucher-unique-id-conflict');
    case 'imported':
      throw refused('isv.voucher-batch-imported');
    case 'form':
      throw refused('isv.voucher-pattern-fixed');
    case 'short':
      throw refused(
        'isv.voucher-pattern-too-short',
        `格式 ${form.pattern} 有 ${codeSpace(form)} 种组合，为防猜中，一个批次最多生成 ${most} 个，请增加 # 的个数`,
      );
  }
}

/** Makes the next codes of a job (kind `voucher.generate`). */
export const generateStep: JobStep = async (tx, { job_id, input, total, done }, now) => {
  const count = Math.min(PART, total - done);
  await makeCodes(tx, { mix_id: input.mix_id as string, count, job_id }, now);
  return count;
};
