import { Route, Routes } from 'react-router';
import { FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Sections } from '../../components/sections.tsx';
import { type LazyPageAt, page, themedPage } from '../../lazy-page.tsx';
import { Plans } from './plans.tsx';

const plan = page(() => import('./plan.tsx'), 'PlanPage');
const why = themedPage(() => import('./why-not.tsx'), 'WhyNotReceive');

/** What the lists have no use for. */
export const later = [plan, why];

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first = 'plans']) =>
  first === 'plans' || first === 'circles' ? undefined : first === 'why' ? why : plan;

/** Send plans: what the users of an ISV's circle may receive. */
export default function Sendplans() {
  return (
    <>
      <Sections
        workplace="sendplans"
        parts={{
          plans: { zh: '计划', en: 'Plans' },
          circles: { zh: '人群圈', en: 'Circles' },
          why: { zh: '为什么领不到', en: 'Why not?' },
        }}
      />
      <Routes>
        <Route path="circles" element={<Circles />} />
        <Route path="why" element={<why.Shown />} />
        <Route path="plans" element={<Plans />} />
        <Route path=":id" element={<plan.Shown />} />
        <Route path="*" element={<Plans />} />
      </Routes>
    </>
  );
}

function Circles() {
  return (
    <ContractList
      method="piaoquan.sendplan.circle.list"
      rowKey={({ isv_id, circle_id }) => `${isv_id}/${circle_id}`}
      cells={{ circle_contents: (row) => (row.circle_contents as string[]).join('、') || '—' }}
      tools={
        <FormButton
          method="piaoquan.sendplan.circle.save"
          label={{ zh: '新建人群圈', en: 'New circle' }}
          button={{ type: 'primary' }}
        />
      }
      needs="piaoquan.sendplan.circle.save"
      actions={({ isv_id, isv_name, circle_id, circle_name, circle_contents }) => (
        <FormButton
          method="piaoquan.sendplan.circle.save"
          label={{ zh: '修改', en: 'Edit' }}
          button={{ size: 'small' }}
          initial={{ circle: { isv_id, isv_name, circle_id, circle_name, circle_contents } }}
          wishes={{ fixed: ['circle.isv_id', 'circle.circle_id'] }}
        />
      )}
      empty={{
        zh: '还没有人群圈。先为 ISV 建一个圈，再建投放计划。',
        en: 'No circle yet. Make one for an ISV first, then a plan for it.',
      }}
    />
  );
}
