import { expect } from 'vitest';
import type { Sql } from '../../src/database/pool.ts';
import type { BusinessParameters, Credentials } from '../../src/sdk/request.ts';
import type { TestServer } from './server.ts';
import { until } from './until.ts';

type Refusal = { code: number; sub_code: string; sub_msg: string };
type Page = { coupon_list: { code: string; code_status: number }[]; has_next: boolean; last_sequence: number };
type JobState = { state: string; done: number; total: number; error?: string };

/** Calls of the vouchers' methods against a test server, in simplified JSON. */
export function voucherCalls(server: TestServer) {
  const call = async <T>(method: string, business: BusinessParameters, credentials: Partial<Credentials> = {}) =>
    JSON.parse(await server.call(method, business, { simplify: true, ...credentials })) as T & {
      error_response?: Refusal;
    };

  /** Calls a method and fails unless it answers with success. */
  const ok = async <T>(method: string, business: BusinessParameters): Promise<T> => {
    const answer = await call<T>(method, business);
    expect(answer.error_response).toBeUndefined();
    return answer;
  };

  const saveBatch = async (mix_id: string, more: Record<string, unknown> = {}): Promise<void> => {
    const batch = {
      mix_id,
      name: '测试批次',
      bind_begin_time: '2026-01-01 00:00:00',
      coupon_expire_time: '2046-01-01 00:00:00',
      denomination: 400,
      valid_duration_type: 'GENERAL',
      ...more,
    };
    await ok('piaoquan.voucher.batch.save', { batch });
    await ok('piaoquan.voucher.grant.save', { mix_id, partner_code: 'p', user_id: 6100000 });
  };

  const jobEnd = (job_id: number) =>
    until(
      async () => (await ok<{ job: JobState }>('piaoquan.job.get', { job_id })).job,
      ({ state }) => !['queued', 'running'].includes(state),
    );

  const page = async (mix_id: string, operate_type: 'ALL' | 'CONSUME', last_sequence: number, page_size = 1000) => {
    const params = JSON.stringify({ last_sequence, page_size });
    const asked = { mix_id, partner_code: 'p', operate_type, params };
    const { result } = await ok<{ result: { return_value: Page } }>('taobao.film.fcode.export.query', asked);
    return result.return_value;
  };

  return {
    call,
    ok,
    saveBatch,
    page,
    jobEnd,

    /** A batch with a grant to the demo user and computed codes. */
    async madeBatch(mix_id: string, count: number, more: Record<string, unknown> = {}): Promise<string[]> {
      await saveBatch(mix_id, more);
      const asked = { mix_id, count, pattern: 'TPP-########', unique_id: mix_id };
      const { job_id } = await ok<{ job_id: number }>('piaoquan.voucher.batch.generate', asked);
      expect(await jobEnd(job_id)).toMatchObject({ state: 'done', done: count, total: count });
      return this.everyCode(mix_id, 'ALL');
    },

    /** Every code of an export, in its order. */
    async everyCode(mix_id: string, operate_type: 'ALL' | 'CONSUME'): Promise<string[]> {
      const codes: string[] = [];
      for (let cursor = 0, more = true; more; ) {
        const { coupon_list, has_next, last_sequence } = await page(mix_id, operate_type, cursor);
        codes.push(...coupon_list.map(({ code }) => code));
        [cursor, more] = [last_sequence, has_next];
      }
      return codes;
    },
  };
}

/** Counters of the vouchers that do not equal their records; there must be none. */
export const voucherFindings = (sql: Sql) => sql`select * from audit_vouchers where counted is distinct from ledger`;
