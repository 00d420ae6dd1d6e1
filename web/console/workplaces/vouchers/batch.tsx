import { Link, useNavigate, useParams } from 'react-router';
import { TopError } from '../../../../src/sdk/errors.ts';
import { PlainButton } from '../../components/button.tsx';
import { Copyable } from '../../components/copyable.tsx';
import { Details } from '../../components/details.tsx';
import { Flex } from '../../components/flex.tsx';
import { Head } from '../../components/sections.tsx';
import { Failure, Nothing, Notice, Waiting } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Tag } from '../../components/tag.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { Jobs } from '../platform/jobs.tsx';
import { EditBatch, NewBatch, ShelfButton } from './batch-forms.tsx';
import { type Batch, originOf, pathOf, useBatch, useBoard } from './batch-info.ts';
import { Board } from './board.tsx';
import { Grants } from './grants.tsx';

/** What the status of a batch has no use for: its codes' making, and what is done to them. */
const makeCodes = themed(async () => ({ default: (await import('./make.tsx')).MakeCodes }));
const importCodes = themed(async () => ({ default: (await import('./import.tsx')).ImportCodes }));
const bulk = themed(async () => ({ default: (await import('./bulk.tsx')).Bulk }));
const exportCodes = themed(async () => ({ default: (await import('./export.tsx')).ExportCodes }));

/** One batch: its board, its codes' making, what is done to them, who may export them, and its jobs. */
export function BatchPage() {
  const t = useLabels();
  const { mix_id = '', part = 'board' } = useParams();
  const { data, error, refetch } = useBatch(mix_id);
  // Asked for beside the batch, not after it: of a million codes it takes longer than all else of the page.
  useBoard(mix_id, part === 'board');
  if (data !== undefined) return <Shown key={mix_id} batch={data} />;
  if (error === null) return <Waiting />;
  if (!(error instanceof TopError && error.sub_code === 'isv.voucher-batch-not-exist'))
    return <Failure error={error} again={() => refetch()} />;
  return (
    <Nothing words={{ zh: `没有批次 ${mix_id}。`, en: `There is no batch ${mix_id}.` }}>
      <Link to="/vouchers">{t({ zh: '回到批次列表', en: 'Back to the list' })}</Link>
    </Nothing>
  );
}

function Shown({ batch }: { batch: Batch }) {
  const t = useLabels();
  const go = useNavigate();
  const { mix_id, name, status } = batch;
  return (
    <Flex vertical gap={16}>
      <Head
        title={
          <>
            {name}{' '}
            <Tag color={status === 1 ? 'green' : 'default'}>
              {status === 1 ? t({ zh: '已上架', en: 'on shelf' }) : t({ zh: '已下架', en: 'off shelf' })}
            </Tag>
          </>
        }
      >
        <EditBatch batch={batch} />
        <NewBatch from={batch} />
        <PlainButton onClick={() => go(`/vouchers/why?mix_id=${encodeURIComponent(mix_id)}`)}>
          {t({ zh: '为什么不行', en: 'Why not?' })}
        </PlainButton>
        <ShelfButton batch={batch} />
      </Head>
      <div className="console-dim">
        <Copyable text={mix_id} />
      </div>
      <Way batch={batch} />
      <Parts batch={batch} />
    </Flex>
  );
}

/** How far a new batch is on its way to the first code that is issued; nothing once it is there. */
function Way({ batch: { total_count, grants } }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  const at = total_count === 0 ? 1 : 2;
  if ((at === 2 && grants.length > 0) || !may('piaoquan.voucher.batch.save')) return null;
  const titles = [
    t({ zh: '批次设置', en: 'Settings' }),
    t({ zh: '生成或导入券码', en: 'Make or import codes' }),
    t({ zh: '授权导出与发放', en: 'Grant export and issue' }),
  ];
  return (
    <ol className="console-way">
      {titles.map((title, step) => (
        <li key={title} className={step < at ? 'done' : ''} aria-current={step === at ? 'step' : undefined}>
          {title}
        </li>
      ))}
    </ol>
  );
}

function Parts({ batch }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  const { part = 'board' } = useParams();
  const { mix_id } = batch;
  const mayOperate = may('piaoquan.voucher.code.consume');
  const tabs = [
    { key: 'board', label: t({ zh: '状态', en: 'Status' }), children: <Overview batch={batch} /> },
    { key: 'codes', label: t({ zh: '券码来源', en: 'Codes' }), children: <Sources batch={batch} />, stays: true },
    ...(mayOperate
      ? [
          {
            key: 'work',
            label: t({ zh: '批量处理', en: 'In bulk' }),
            children: <bulk.Shown mix_id={mix_id} />,
            stays: true,
          },
        ]
      : []),
    {
      key: 'grants',
      label: t({ zh: '授权与导出', en: 'Grants and export' }),
      // An export goes on behind the others.
      stays: true,
      children: (
        <Flex vertical gap={16}>
          <Grants batch={batch} />
          <exportCodes.Shown batch={batch} />
        </Flex>
      ),
    },
    {
      key: 'jobs',
      label: t({ zh: '任务', en: 'Jobs' }),
      children: <Jobs fixed={{ mix_id }} />,
    },
  ];
  return <Tabs tabs={tabs} chosen={part} pathOf={(key) => pathOf(mix_id, key === 'board' ? '' : key)} />;
}

function Overview({ batch }: { batch: Batch }) {
  return (
    <Flex vertical gap={16}>
      <Board mix_id={batch.mix_id} />
      <Details
        schema={fieldAt(knownContract('piaoquan.voucher.batch.get').response, 'batch').schema}
        value={batch}
        without={['mix_id', 'name', 'status', 'total_count', 'issued_count', 'consumed_count', 'voided_count']}
      />
    </Flex>
  );
}

/** Where codes come from: made here or imported, never both in one batch. */
function Sources({ batch }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  const origin = originOf(batch);
  const count = grouped(batch.total_count);
  return (
    <Flex vertical gap={16}>
      {origin === 'none' && (
        <Notice
          kind="info"
          role="status"
          title={t({
            zh: '这个批次还没有券码。可以在这里生成，也可以导入自有券码；一个批次只能选一种。',
            en: 'This batch has no codes yet. Make them here or import your own; a batch has one kind only.',
          })}
        />
      )}
      {!may('piaoquan.voucher.batch.generate') && origin !== 'none' && (
        <span>
          {origin === 'made'
            ? t({
                zh: `按格式 ${batch.code_pattern} 生成了 ${count} 个券码。`,
                en: `${count} codes made as ${batch.code_pattern}.`,
              })
            : t({ zh: `导入了 ${count} 个券码。`, en: `${count} codes imported.` })}
        </span>
      )}
      {origin !== 'imported' && <makeCodes.Shown batch={batch} />}
      {origin !== 'made' && <importCodes.Shown batch={batch} />}
    </Flex>
  );
}
