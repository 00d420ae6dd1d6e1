import { DownloadOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Progress, Segmented, Select } from 'antd';
import { useRef, useState } from 'react';
import { fieldsOf, itemOf } from '../../../../src/contract/schema.ts';
import { ApiError } from '../../api.ts';
import type { AnswerOf } from '../../client.ts';
import { Refusal } from '../../components/states.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { cell, saveFile } from '../../csv.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import type { Batch } from './batch-info.ts';

const EXPORT = 'taobao.film.fcode.export.query';
const PAGE_SIZE = 1000;
type Page = NonNullable<AnswerOf<typeof EXPORT>['result']['return_value']>;
type Grant = Batch['grants'][number];
type Operate = 'ALL' | 'CONSUME';

const { response } = knownContract(EXPORT);
const codes = fieldsOf(itemOf(fieldAt(response, 'result.return_value.coupon_list').schema)).map(({ name }) => name);
const returnCodes = fieldAt(response, 'result.return_code').note.values ?? {};

const linesOf = (page: Page): string =>
  page.coupon_list
    .map((code) => `${codes.map((name) => cell(code[name as keyof typeof code])).join(',')}\r\n`)
    .join('');

/** What was read so far of an export, so that one that broke off goes on where it was. */
type Read = { lines: string[]; rows: number; last_sequence: number };
const nothing = (): Read => ({ lines: [`\uFEFF${codes.join(',')}\r\n`], rows: 0, last_sequence: 0 });

/** Reads a batch page by page as its partner would, and saves it as a CSV file. */
function useExport(mix_id: string) {
  const { clientFor } = useSession();
  const read = useRef<Read>(nothing());
  const [rows, setRows] = useState<number>();
  const [error, setError] = useState<unknown>();
  const control = useRef<AbortController>(undefined);
  const take = async (page: Page | undefined, return_code: string): Promise<void> => {
    const said = returnCodes[return_code] ?? { zh: return_code, en: return_code };
    if (page === undefined) throw new ApiError(404, { code: return_code, message: said });
    const { lines, rows: before } = read.current;
    lines.push(linesOf(page));
    read.current = { lines, rows: before + page.coupon_list.length, last_sequence: page.last_sequence };
    setRows(read.current.rows);
  };
  const run = async ({ user_id, partner_code }: Grant, operate_type: Operate) => {
    control.current = new AbortController();
    setError(undefined);
    setRows(read.current.rows);
    const params = JSON.stringify({ page_size: PAGE_SIZE, last_sequence: read.current.last_sequence });
    try {
      const asked = { mix_id, partner_code, operate_type, params };
      for await (const { result } of clientFor(user_id).pages(EXPORT, asked, { signal: control.current.signal }))
        await take(result.return_value, result.return_code);
      saveFile(`${mix_id}-${operate_type}.csv`, new Blob(read.current.lines, { type: 'text/csv;charset=utf-8' }));
      forget();
    } catch (refusal) {
      if (!control.current.signal.aborted) setError(refusal);
    } finally {
      setRows(undefined);
    }
  };
  const forget = () => {
    read.current = nothing();
    setError(undefined);
  };
  const cancel = () => {
    control.current?.abort();
    forget();
  };
  return { rows, kept: read.current.rows, error, run, cancel, forget };
}

/** Exports the codes of a batch, or its redemptions, as a CSV file; acts for a user who holds the grant. */
export function ExportCodes({ batch }: { batch: Batch }) {
  const t = useLabels();
  const { may, me } = useSession();
  const [chosen, setChosen] = useState(0);
  const [operate, setOperate] = useState<Operate>('ALL');
  const { rows, kept, error, run, cancel, forget } = useExport(batch.mix_id);
  const { grants, total_count, consumed_count } = batch;
  const grant = grants[chosen] ?? grants[0];
  if (grant === undefined || !may(EXPORT) || !me.may_act_for_user) return null;
  const total = operate === 'ALL' ? total_count : consumed_count;
  const isRunning = rows !== undefined;
  return (
    <Card title={t({ zh: '导出为 CSV', en: 'Export as CSV' })}>
      <Refusal error={error} />
      <p className="vouchers-note">
        {t({
          zh: '导出与渠道看到的相同，含券码明文，请妥善保管。每一页都记入变更日志，写明由谁代哪个用户导出。',
          en: 'The file is what the partner sees, with the codes in plain: keep it safe. Each page is entered in the change log, with who exported for which user.',
        })}
      </p>
      <Flex wrap gap={12} align="center">
        <Select
          aria-label={t({ zh: '代哪个授权导出', en: 'Grant to act by' })}
          style={{ minWidth: 220 }}
          disabled={isRunning}
          value={grants.indexOf(grant)}
          options={grants.map(({ partner_code, user_id }, value) => ({ value, label: `${partner_code} · ${user_id}` }))}
          onChange={(next) => {
            forget();
            setChosen(next);
          }}
        />
        <Segmented<Operate>
          disabled={isRunning}
          value={operate}
          options={[
            { value: 'ALL', label: t({ zh: '全部券码', en: 'Every code' }) },
            { value: 'CONSUME', label: t({ zh: '核销记录', en: 'Redemptions' }) },
          ]}
          onChange={(next) => {
            forget();
            setOperate(next);
          }}
        />
        {isRunning ? (
          <Button danger onClick={cancel}>
            {t({ zh: '取消', en: 'Cancel' })}
          </Button>
        ) : (
          <Button type="primary" icon={<DownloadOutlined />} onClick={() => run(grant, operate)}>
            {error !== undefined && kept > 0
              ? t({ zh: `从第 ${kept + 1} 行继续`, en: `Go on from row ${kept + 1}` })
              : t({ zh: `导出 ${grouped(total)} 行`, en: `Export ${grouped(total)} rows` })}
          </Button>
        )}
      </Flex>
      {isRunning && (
        <Progress
          percent={total === 0 ? 100 : Math.min(100, Math.floor((rows / total) * 100))}
          format={() => `${grouped(rows)} / ${grouped(total)}`}
        />
      )}
    </Card>
  );
}
