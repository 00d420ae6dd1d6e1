import { InboxOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, Flex, Input, Progress, Upload } from 'antd';
import { useEffect, useId, useRef, useState } from 'react';
import { partsOf } from '../../../../src/sdk/csv-file.ts';
import { TopError } from '../../../../src/sdk/errors.ts';
import type { AnswerOf } from '../../client.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { LiveJob } from '../../components/job.tsx';
import { Refusal } from '../../components/states.tsx';
import { Sentence } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { newKey } from '../../key.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import type { Batch } from './batch-info.ts';

const IMPORT = 'piaoquan.voucher.batch.import';
const UNCLEAR = 'isv.voucher-column-unclear';
const EVERY_MS = 1000;
type Report = AnswerOf<typeof IMPORT>;

/** Brings codes of a CSV file into a batch: upload in parts with progress, then the report line by line. */
export function ImportCodes({ batch: { mix_id } }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  const [file, setFile] = useState<File>();
  const [skips, setSkips] = useState(false);
  const [column, setColumn] = useState('');
  const upload = useUpload(mix_id);
  if (!may(IMPORT)) return null;
  const again = () => {
    upload.forget();
    setFile(undefined);
    setColumn('');
  };
  return (
    <Card title={t({ zh: '导入自有券码', en: 'Import codes of your own' })}>
      {!isUnclear(upload.error) && <Refusal error={upload.error} />}
      {upload.import_id !== undefined && upload.isSent ? (
        <Outcome mix_id={mix_id} import_id={upload.import_id} again={again} />
      ) : (
        <Flex vertical gap={12}>
          <Chooser file={file} disabled={upload.percent !== undefined} onChoose={(next) => setFile(next)} />
          <Checkbox
            checked={skips}
            disabled={upload.percent !== undefined}
            onChange={(event) => setSkips(event.target.checked)}
          >
            {t({
              zh: '跳过有问题的行，导入其余（不勾选时，有一行有问题就全部不导入）',
              en: 'Leave bad lines out and bring in the others (otherwise one bad line keeps all out)',
            })}
          </Checkbox>
          {upload.columns !== undefined && <ColumnInput columns={upload.columns} value={column} onChange={setColumn} />}
          {upload.percent !== undefined && <Progress percent={upload.percent} />}
          <Flex gap={8}>
            <Button
              type="primary"
              disabled={file === undefined || (upload.columns !== undefined && column.trim() === '')}
              loading={upload.isRunning}
              onClick={() => file && upload.run(file, skips, column)}
            >
              {upload.error && !isUnclear(upload.error)
                ? t({ zh: '从中断处继续', en: 'Go on where it broke off' })
                : t({ zh: '开始导入', en: 'Import' })}
            </Button>
            {upload.percent !== undefined && (
              <Button danger onClick={again}>
                {t({ zh: '取消', en: 'Cancel' })}
              </Button>
            )}
          </Flex>
        </Flex>
      )}
    </Card>
  );
}

const isUnclear = (error: unknown): error is TopError => error instanceof TopError && error.sub_code === UNCLEAR;

type Column = {
  readonly columns: readonly string[];
  readonly value: string;
  readonly onChange: (column: string) => void;
};

/** Columns with their numbers, each of which names its column too. */
const numbered = (columns: readonly string[], comma: string): string =>
  columns.map((name, index) => `${index + 1} “${name}”`).join(comma);

/** Asks for the column of the codes, where the file does not show it; `columns` tells which there are. */
function ColumnInput({ columns, value, onChange }: Column) {
  const t = useLabels();
  const id = useId();
  return (
    <div>
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: 12 }}
        title={t({
          zh: '从表头看不出哪一列是券码，请指明',
          en: 'The headings do not tell which column holds the codes: name it',
        })}
        description={t({
          zh: `文件中的列：${numbered(columns, '，')}`,
          en: `Columns of the file: ${numbered(columns, ', ')}`,
        })}
      />
      <label htmlFor={id}>
        {t({ zh: '券码所在的列（表头或序号）', en: 'Column of the codes (its heading or number)' })}
      </label>
      <Input id={id} value={value} maxLength={128} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}

type Chosen = { file: File | undefined; disabled: boolean; onChoose: (file: File) => void };

function Chooser({ file, disabled, onChoose }: Chosen) {
  const t = useLabels();
  const choose = (next: File): false => {
    onChoose(next);
    return false;
  };
  return (
    <Upload.Dragger accept=".csv,.txt,text/csv" showUploadList={false} disabled={disabled} beforeUpload={choose}>
      <p>
        <InboxOutlined style={{ fontSize: 28 }} />
      </p>
      <p>
        {file === undefined
          ? t({ zh: '把 CSV 文件拖到这里，或点击选择', en: 'Drop a CSV file here, or click to choose one' })
          : `${file.name} · ${grouped(Math.ceil(file.size / 1024))} KB`}
      </p>
      <span className="console-dim">
        {t({
          zh: '按表头（券码、code、voucher 等）找到券码所在的列；UTF-8、UTF-16 或 GBK 均可；券码 4 至 64 个字母、数字、-、_；一次最多 100 万行。',
          en: 'Codes are found by the heading of their column (code, voucher, 券码 and the like), in UTF-8, UTF-16 or GBK. Codes have 4 to 64 letters, digits, - or _. A million lines at the most.',
        })}
      </span>
    </Upload.Dragger>
  );
}

type Options = { readonly skip_bad_lines: boolean; readonly column?: string };

/** Sends a file part by part. One that broke off goes on with the part that was not taken. */
function useUpload(mix_id: string) {
  const { client } = useSession();
  const [import_id, setImport] = useState<string>();
  const [percent, setPercent] = useState<number>();
  const [isSent, setSent] = useState(false);
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const taken = useRef(0);
  const control = useRef<AbortController>(undefined);
  const [columns, setColumns] = useState<readonly string[]>();
  const send = async (file: File, own_id: string, options: Options, { signal }: AbortController) => {
    let part = 0;
    for await (const { csv, is_last, bytes } of partsOf(file)) {
      part++;
      if (part <= taken.current) continue;
      await client.call(IMPORT, { mix_id, import_id: own_id, csv, part, is_last, ...options }, { signal });
      taken.current = part;
      setPercent(Math.floor((bytes / file.size) * 100));
    }
  };
  const run = async (file: File, skip_bad_lines: boolean, column: string) => {
    const own_id = import_id ?? newKey('console');
    const running = new AbortController();
    control.current = running;
    setImport(own_id);
    setError(undefined);
    setPercent((before) => before ?? 0);
    setRunning(true);
    try {
      await send(file, own_id, { skip_bad_lines, ...(column.trim() && { column }) }, running);
      setSent(true);
    } catch (refusal) {
      if (!running.signal.aborted) setError(refusal);
      if (isUnclear(refusal)) setColumns(refusal.columns ?? []);
    } finally {
      if (control.current === running) setRunning(false);
    }
  };
  const forget = () => {
    control.current?.abort();
    control.current = undefined;
    taken.current = 0;
    setImport(undefined);
    setPercent(undefined);
    setSent(false);
    setRunning(false);
    setError(undefined);
    setColumns(undefined);
  };
  return { import_id, percent, isSent, isRunning, error, columns, run, forget };
}

const problemField = fieldAt(knownContract('piaoquan.voucher.batch.import.get').response, 'lines.problem');

const isSettled = ({ state }: Report): boolean => state === 'done' || state === 'refused';

/** What became of an import: how many codes are in, and each bad line. */
function Outcome({ mix_id, import_id, again }: { mix_id: string; import_id: string; again: () => void }) {
  const t = useLabels();
  const { client } = useSession();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['import', mix_id, import_id],
    queryFn: ({ signal }) => client.call('piaoquan.voucher.batch.import.get', { mix_id, import_id }, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isSettled(state.data) ? false : EVERY_MS),
  });
  const settled = data !== undefined && isSettled(data);
  useEffect(() => {
    if (settled) void queries.invalidateQueries();
  }, [settled, queries]);
  if (data === undefined) return <Refusal error={error} />;
  return (
    <Flex vertical gap={12}>
      <Verdict report={data} />
      {!settled && data.job_id !== undefined && <LiveJob job_id={data.job_id} />}
      {settled && data.bad_count > 0 && (
        <ContractList
          method="piaoquan.voucher.batch.import.get"
          fixed={{ mix_id, import_id }}
          rowKey="line"
          titles={{ line: { zh: '行号', en: 'Line' }, first_line: { zh: '与第几行重复', en: 'Same as line' } }}
          cells={{ problem: ({ problem }) => <Sentence field={problemField} value={problem} /> }}
          empty={{ zh: '没有有问题的行。', en: 'No bad lines.' }}
        />
      )}
      <div>
        <Button onClick={again}>{t({ zh: '再导入一个文件', en: 'Import another file' })}</Button>
      </div>
    </Flex>
  );
}

function Verdict({ report: { state, line_count, bad_count, imported_count } }: { report: Report }) {
  const t = useLabels();
  const [lines, bad, good] = [line_count, bad_count, imported_count].map((each) => grouped(each));
  const words = {
    open: { zh: `已收到 ${lines} 行`, en: `${lines} lines received` },
    queued: { zh: `已收到 ${lines} 行，正在后台处理`, en: `${lines} lines received, being settled in the background` },
    done: {
      zh: `${lines} 行中导入 ${good} 个券码，${bad} 行有问题`,
      en: `${good} codes of ${lines} lines are in; ${bad} lines were bad`,
    },
    refused: {
      zh: `${lines} 行中 ${bad} 行有问题，一个券码也没有导入。修正后重新导入，或勾选跳过。`,
      en: `${bad} of ${lines} lines are bad: nothing was brought in. Mend them and import again, or leave bad lines out.`,
    },
  }[state as 'open' | 'queued' | 'done' | 'refused'];
  const type = state === 'refused' ? 'error' : state !== 'done' ? 'info' : bad_count > 0 ? 'warning' : 'success';
  return <Alert type={type} showIcon title={t(words)} />;
}
