import { Link } from 'react-router';
import { ConfirmButton, FormButton } from '../../components/action.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLabels } from '../../language.tsx';

/** A seller's activities and the benefits linked to each. The methods are TOP's, called for the seller. */
export function Activities({ user_id }: { user_id: number }) {
  return (
    <ContractList
      method="piaoquan.benefit.activity.list"
      fixed={{ user_id }}
      rowKey="relation_id"
      cells={{ details: (row) => <Linked row={row} /> }}
      tools={
        <FormButton
          session_user={user_id}
          method="taobao.promotion.benefit.activity.relation"
          label={{ zh: '新建活动', en: 'New activity' }}
          button={{ type: 'primary' }}
          initial={{ relation_request: { add_detail_vos: [{}] } }}
        />
      }
      actions={(row) => <ActivityActions user_id={user_id} row={row} />}
      empty={{
        zh: '这位卖家还没有活动。活动把权益模板关联起来，之后按活动发放。',
        en: 'This seller has no activity. An activity links benefits, which are then sent by it.',
      }}
    />
  );
}

function Linked({ row }: { row: Row }) {
  const details = row.details as { detail_id: number; benefit_id: number; out_object_name?: string }[];
  return (
    <Flex wrap gap={4}>
      {details.map(({ detail_id, benefit_id, out_object_name = '' }) => (
        <Tag key={detail_id}>
          {benefit_id} {out_object_name}
        </Tag>
      ))}
    </Flex>
  );
}

function ActivityActions({ user_id, row }: { user_id: number; row: Row }) {
  const t = useLabels();
  const { relation_id, name } = row;
  return (
    <Flex gap={8}>
      <FormButton
        session_user={user_id}
        method="taobao.promotion.benefit.activity.update"
        label={{ zh: '修改关联', en: 'Change the links' }}
        button={{ size: 'small' }}
        initial={{ update_request: { benefit_activity_vo: { relation_id } } }}
        wishes={{ fixed: ['update_request.benefit_activity_vo.relation_id'] }}
      />
      <Link to={`/benefits/why?user_id=${user_id}&relation_id=${relation_id}`}>
        {t({ zh: '为什么发不出', en: 'Why not?' })}
      </Link>
      <ConfirmButton
        danger
        session_user={user_id}
        method="taobao.promotion.benefit.activity.delete"
        request={{ relation_id }}
        label={{ zh: '删除', en: 'Delete' }}
        consequence={{
          zh: `活动“${name}”结束，其权益的关联数减一；已发放的不受影响。`,
          en: `The activity “${name}” ends and its benefits are linked once less. What was sent stays.`,
        }}
      />
    </Flex>
  );
}
