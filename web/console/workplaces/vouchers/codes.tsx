import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { itemOf, type Label } from '../../../../src/contract/schema.ts';
import type { AnswerOf } from '../../client.ts';
import { PlainButton } from '../../components/button.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Details } from '../../components/details.tsx';
import { withoutEmpties } from '../../components/empties.ts';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { SearchForm } from '../../components/search-form.tsx';
import { Failure, Nothing, Waiting } from '../../components/states.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { pathOf } from './batch-info.ts';
import { OperateButton } from './operate-button.tsx';
import type { Kind } from './operations.ts';

const SEARCH = 'piaoquan.voucher.code.search';
const NAMES = ['code', 'user_id', 'ext_order_id', 'mix_id'];
const codeSchema = itemOf(fieldAt(knownContract(SEARCH).response, 'codes').schema);
const NONE: Label = {
  zh: '没有找到。请核对券码：大小写与连字符都要一致。用户须写成绑定或发放时的 ID。',
  en: 'Nothing was found. Check the code: capitals and hyphens count. A user is written as when the code was bound or issued.',
};

/** The search for a code in every batch, or for those of a user or an order; what is looked for stands in the address. */
export function Codes() {
  const [query, setQuery] = useSearchParams();
  const asked: Row = withoutEmpties(Object.fromEntries(NAMES.map((name) => [name, query.get(name)])));
  const isList = asked.code === undefined && (asked.user_id !== undefined || asked.ext_order_id !== undefined);
  return (
    <Flex vertical gap={16}>
      <SearchForm
        key={query.toString()}
        names={[
          { name: 'code', label: { zh: '券码', en: 'Code' }, maxLength: 64 },
          { name: 'user_id', label: { zh: '或用户 ID', en: 'or user id' }, maxLength: 128 },
          { name: 'ext_order_id', label: { zh: '或发券单号', en: 'or order' }, maxLength: 64 },
          { name: 'mix_id', label: { zh: '只在批次', en: 'in batch' }, maxLength: 128 },
        ]}
        asked={asked}
        button={{ zh: '查找', en: 'Find' }}
        onSearch={setQuery}
      />
      {asked.code !== undefined && <OfText asked={asked} code={asked.code as string} />}
      {isList && <OfMany key={query.toString()} asked={asked} />}
      {asked.code === undefined && !isList && (
        <Nothing
          words={{
            zh: '输入完整的券码，看它属于哪个批次、经过了什么；或输入用户 ID 或发券单号，看绑定和发放的券码。',
            en: 'Enter a whole code to see its batch and what became of it, or a user id or the number of an order to see the codes bound by the user and issued to either.',
          }}
        />
      )}
    </Flex>
  );
}

type FoundCode = AnswerOf<typeof SEARCH>['codes'][number];

/** The codes of one text: seldom more than one, each with all that became of it. */
function OfText({ asked, code }: { asked: Row; code: string }) {
  const t = useLabels();
  const { client } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: [SEARCH, asked],
    queryFn: ({ signal }) => client.call(SEARCH, asked, { signal }),
  });
  if (data === undefined) return error === null ? <Waiting /> : <Failure error={error} again={() => refetch()} />;
  if (data.codes.length === 0) return <Nothing words={NONE} />;
  return data.codes.map((found) => (
    <Panel
      key={`${found.mix_id} ${found.sequence}`}
      title={<Link to={pathOf(found.mix_id)}>{found.name}</Link>}
      extra={t(found.bind_status === 0 ? { zh: '已绑定', en: 'bound' } : { zh: '未绑定', en: 'not bound' })}
    >
      <Flex vertical gap={16}>
        <CodeActions found={found} code={code} />
        <Details schema={codeSchema} value={found} without={['name', 'code_masked', 'bind_status']} />
      </Flex>
    </Panel>
  ));
}

/** The codes of a user or an order. What is to be done to one of them wants its text, which is masked here. */
function OfMany({ asked }: { asked: Row }) {
  return (
    <ContractList
      method={SEARCH}
      fixed={{ ...Object.fromEntries(NAMES.map((name) => [name, undefined])), ...asked }}
      columns={[
        'name',
        'code_masked',
        'code_status',
        'bound_time',
        'issued_at',
        'issue_ref',
        'consumed_at',
        'expire_time',
      ]}
      cells={{ name: ({ mix_id, name }) => <Link to={pathOf(String(mix_id))}>{String(name)}</Link> }}
      rowKey={({ mix_id, sequence }) => `${mix_id} ${sequence}`}
      empty={NONE}
    />
  );
}

/** What may be done to a code as it stands. */
function kindsFor({ code_status, bind_status }: FoundCode): Kind[] {
  if (code_status === 2) return ['reverse'];
  if (code_status !== 0) return [];
  return bind_status === -1 ? ['bind', 'consume', 'void'] : ['consume', 'void'];
}

function CodeActions({ found, code }: { found: FoundCode; code: string }) {
  const t = useLabels();
  const go = useNavigate();
  const { mix_id } = found;
  const why = new URLSearchParams({ mix_id, code });
  return (
    <Flex wrap gap={8}>
      {kindsFor(found).map((kind) => (
        <OperateButton key={kind} mix_id={mix_id} kind={kind} codes={[code]} />
      ))}
      <PlainButton onClick={() => go(`/vouchers/why?${why}`)}>{t({ zh: '为什么不行', en: 'Why not?' })}</PlainButton>
    </Flex>
  );
}
