import { setImmediate as breathe } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ErrorFacts } from '../../../contract/errors.ts';
import { type CallContext, fault, type Handlers } from '../../../contract/method.ts';
import { type adminVoucherImportContracts, voucherBatchImport } from '../../../contract/vouchers/admin-imports.ts';
import { logged } from '../../../database/change-log.ts';
import type { JobStep } from '../../../database/jobs.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { joinedCursor, pageOf } from '../../paging.ts';
import { keepCode } from '../stored.ts';
import { type ReadPart, readCsv } from './csv.ts';
import {
  addPart,
  findBadLines,
  findImport,
  findImportLayout,
  findPart,
  findTarget,
  holdImport,
  type ImportKey,
  type KeptLine,
  layoutOf,
  queueImport,
  settleImport,
} from './queries.ts';
import type { Layout, ReadLine } from './rules.ts';

const PART_PURPOSE = 'voucher-import';
/** Longer imports are settled in the background. */
const LINES_AT_ONCE = 20_000;
const MOST_LINES = 1_000_000;
/** Headings that are shown where the column of the codes is not found, and characters of each. */
const [MOST_NAMES, MOST_NAME] = [20, 30];
/** How a part is read whose import has not begun; it is refused then. */
const UNKNOWN: Layout = { delimiter: ',', column: 0, columns: null, quotes_open: false };
/** Codes sealed before other calls get their turn. */
const SLICE = 500;

type Parts = { sql: Sql; vault: Vault };

const refused = (sub_code: keyof typeof voucherBatchImport.errors, sub_msg?: string, facts?: ErrorFacts) =>
  fault(voucherBatchImport, sub_code, sub_msg, facts);

/** Seals and hashes the codes of some lines, letting other calls through in between. */
async function sealLines(vault: Vault, mix_id: string, lines: readonly ReadLine[]): Promise<KeptLine[]> {
  const kept: KeptLine[] = [];
  for (const line of lines) {
    if (kept.length % SLICE === 0) await breathe();
    kept.push('problem' in line ? line : { line: line.line, ...keepCode(vault, mix_id, line.code) });
  }
  return kept;
}

const LINES = joinedCursor('', { line: /^\d{1,9}$/ });

async function report(sql: Sql, key: ImportKey, after = 0, page_size?: number | null) {
  const found = await findImport(sql, key);
  if (found === undefined) throw refused('isv.voucher-import-not-exist');
  const find = (limit: number) => findBadLines(sql, key, after, limit);
  const page = await pageOf(page_size, find, ({ line }) => String(line));
  return { ...found, lines: page.rows, next_cursor: page.next_cursor };
}

type Part = {
  key: ImportKey;
  app_key: string;
  skip_bad_lines: boolean;
  part: number;
  is_last: boolean;
  content: Buffer;
  line_count: number;
  lines: readonly KeptLine[];
  /** How the parts before were read, undefined for the first one; and how those after it are. */
  before: Layout | undefined;
  layout: Layout;
};

/** Reads a part, or says among which headings the column of the codes is to be named. */
async function readPart(csv: string, before: Layout | undefined, column: string | null | undefined) {
  const read: ReadPart = await readCsv(csv, before, column?.trim() || undefined);
  if (!('unclear' in read)) return read;
  const columns = read.unclear.slice(0, MOST_NAMES).map((name) => name.slice(0, MOST_NAME));
  const names = columns.map((name, index) => `${index + 1} “${name}”`).join('，');
  throw refused('isv.voucher-column-unclear', `请用 column 指明券码所在列（表头或序号）：${names}`, { columns });
}

/** Keeps a part once, and after the last settles the import or leaves it to a job. */
async function takePart(
  tx: Transaction,
  { key, part, is_last, content, lines, before, ...rest }: Part,
  context: CallContext,
): Promise<void> {
  const { now } = context;
  const row = ['voucher_import', key] as const;
  const held = await logged(tx, context, [row], () => holdImport(tx, key, rest, now));
  const known = await findPart(tx, key, part);
  if (known?.equals(content)) return;
  if (known !== undefined || held.state !== 'open') throw refused('isv.voucher-import-conflict');
  if (part !== held.parts + 1) throw refused('isv.voucher-import-order', `请从分片 ${held.parts + 1} 继续`);
  // It was read while a part before it was not there yet.
  if (part > 1 && !isDeepStrictEqual(layoutOf(held), before))
    throw refused('isv.voucher-import-order', `请从分片 ${part} 继续`);
  const line_count = held.line_count + rest.line_count;
  if (line_count > MOST_LINES) throw refused('isv.voucher-import-too-large');
  const { quotes_open } = rest.layout;
  const added = { part, content, line_count: rest.line_count, offset: held.line_count, quotes_open };
  await logged(tx, context, [row], () => addPart(tx, key, added, lines));
  if (!is_last) return;
  if (line_count <= LINES_AT_ONCE) return logged(tx, context, [row], () => settleImport(tx, key, now));
  const job = { app_key: rest.app_key, kind: 'voucher.import', unique_id: JSON.stringify([key.mix_id, key.import_id]) };
  await logged(tx, context, [['job', job], row], () => queueImport(tx, key, { ...job, line_count }, now));
}

/** The import of codes that were made elsewhere. */
export const importHandlers = ({ sql, vault }: Parts): Handlers<typeof adminVoucherImportContracts> => ({
  'piaoquan.voucher.batch.import': async (request, context) => {
    const { mix_id, import_id, csv, part, is_last, skip_bad_lines, column } = request;
    const target = await findTarget(sql, mix_id);
    if (target === undefined) throw refused('isv.voucher-batch-not-exist');
    if (target.generated) throw refused('isv.voucher-batch-generated');
    const number = part ?? 1;
    const key = { mix_id, import_id };
    const before = number === 1 ? undefined : ((await findImportLayout(sql, key)) ?? UNKNOWN);
    const { lines, line_count, layout } = await readPart(csv, before, column);
    const sent: Part = {
      key,
      app_key: context.app_key,
      skip_bad_lines: skip_bad_lines ?? false,
      part: number,
      is_last: is_last ?? true,
      content: vault.hash(PART_PURPOSE, JSON.stringify([csv, is_last ?? true, ...(column ? [column] : [])])),
      line_count,
      lines: await sealLines(vault, mix_id, lines),
      ...{ before, layout },
    };
    await sql.begin((tx) => takePart(tx, sent, context));
    return report(sql, key);
  },
  'piaoquan.voucher.batch.import.get': async ({ mix_id, import_id, cursor, page_size }) =>
    report(sql, { mix_id, import_id }, Number(LINES.read(cursor)?.line ?? 0), page_size),
});

/** Settles an import (kind `voucher.import`), as a whole. */
export const importStep: JobStep = async (tx, { input, total }, now) => {
  await settleImport(tx, { mix_id: input.mix_id as string, import_id: input.import_id as string }, now);
  return total;
};
