import { expect, test } from 'vitest';
import { NOON, useBoxOffice } from '../../../../../test/harness/ticketing.ts';

const office = await useBoxOffice();

type Admin = typeof office.admin;
/** Calls an administration method as the demo app. */
const call = <M extends keyof Admin>(method: M, request: Parameters<Admin[M]>[0]) =>
  (office.admin[method] as (...all: unknown[]) => ReturnType<Admin[M]>)(request, office.context(NOON));
const fault = (sub_code: string, field = '') => ({ body: { sub_code, sub_msg: expect.stringContaining(field) } });

test('tokens are shown once, work at once, and end when another is made', async () => {
  await call('piaoquan.ticketing.tenant.save', { tenant_id: 31, tenant_name: '新租户' });
  await call('piaoquan.ticketing.ptnr.save', { ptnr_id: 31, tenant_id: 31, ptnr_name: '新合作方' });
  await call('piaoquan.ticketing.channel.save', { channel_id: 31, ptnr_id: 31, channel_name: '新渠道' });
  const make = async (holder: string) =>
    (await call('piaoquan.ticketing.token.create', { holder, holder_id: 31 })).token;
  const tokens = {
    tenant_token: await make('tenant'),
    ptnr_token: await make('ptnr'),
    channel_token: await make('channel'),
  };
  const code = async () => (await office.submit({ ...tokens })).result_code;
  expect(await code()).toBe(10220);
  const channel_token = await make('channel');
  expect(await code()).toBe(10203);
  expect((await office.submit({ ...tokens, channel_token })).result_code).toBe(10220);
  await call('piaoquan.ticketing.channel.save', { channel_id: 31, ptnr_id: 31, channel_name: '改名' });
  expect((await office.submit({ ...tokens, channel_token })).result_code).toBe(10220);
  await expect(
    call('piaoquan.ticketing.channel.save', { channel_id: 31, ptnr_id: 1, channel_name: 'x' }),
  ).rejects.toMatchObject(fault('isv.holder-moved'));
  await expect(
    call('piaoquan.ticketing.ptnr.save', { ptnr_id: 32, tenant_id: 99, ptnr_name: 'x' }),
  ).rejects.toMatchObject(fault('isv.holder-not-found'));
  await expect(call('piaoquan.ticketing.token.create', { holder: 'ptnr', holder_id: 99 })).rejects.toMatchObject(
    fault('isv.holder-not-found'),
  );
  await expect(
    call('piaoquan.ticketing.channel.authorize.save', { channel_id: 99, event_id: 90000011, authorized: true }),
  ).rejects.toMatchObject(fault('isv.holder-not-found'));
});

test('lists come page by page, each row once', async () => {
  for (const tenant_id of [41, 42, 43])
    await call('piaoquan.ticketing.tenant.save', { tenant_id, tenant_name: `租户 ${tenant_id}` });
  const all = await call('piaoquan.ticketing.channel.list', { page_size: 200 });
  const rows = [];
  for (let cursor: string | undefined | null; ; ) {
    const page = await call('piaoquan.ticketing.channel.list', { page_size: 2, cursor });
    rows.push(...page.channels);
    cursor = page.next_cursor;
    if (!cursor) break;
  }
  expect(rows).toEqual(all.channels);
  expect(rows.filter(({ tenant_id }) => tenant_id === 42)).toMatchObject([
    { tenant_name: '租户 42', hold_minutes: 15, channel_id: null },
  ]);
  const projects = await call('piaoquan.ticketing.project.list', { project_name: '票券之夜' });
  expect(projects).toMatchObject({ projects: [{ project_id: 90000001, event_count: 1 }], next_cursor: undefined });
  const first = await call('piaoquan.ticketing.project.list', { page_size: 1 });
  const second = await call('piaoquan.ticketing.project.list', { page_size: 1, cursor: first.next_cursor });
  expect(second.projects[0]?.project_id).toBeGreaterThan(first.projects[0]?.project_id ?? 0);
});
