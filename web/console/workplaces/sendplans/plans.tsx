import { Link, useNavigate } from 'react-router';
import { FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';

/** The plans of all circles. */
export function Plans() {
  const go = useNavigate();
  return (
    <ContractList
      method="piaoquan.sendplan.plan.list"
      rowKey="id"
      every={5000}
      columns={['id', 'name', 'status', 'isv_id', 'circle_id', 'start_time', 'end_time', 'count_limit', 'items']}
      cells={{
        name: ({ id, name }) => <Link to={`/sendplans/${id}`}>{String(name)}</Link>,
        items: ({ items }) => (items as readonly unknown[]).length,
      }}
      tools={
        <FormButton
          method="piaoquan.sendplan.plan.save"
          label={{ zh: '新建计划', en: 'New plan' }}
          button={{ type: 'primary' }}
          initial={{ plan: { items: [{}] } }}
          wishes={{ hidden: ['plan.items.consumed_inventory'] }}
          onDone={(answer) => go(`/sendplans/${(answer.plan as { id: number }).id}`)}
        />
      }
      empty={{
        zh: '还没有投放计划。计划规定某个人群圈的用户在何时能领什么、各领几次。',
        en: 'No plan yet. A plan says what the users of a circle may receive, when, and how often.',
      }}
    />
  );
}
