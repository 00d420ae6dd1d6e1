import { Link, useNavigate } from 'react-router';
import { FormButton } from '../../components/action.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { freeId } from './parts.ts';
import { asNew, PROJECT_HIDDEN, projectSchema } from './save.ts';

/** All projects of all tenants. */
export function Projects() {
  const t = useLabels();
  const go = useNavigate();
  const { client } = useSession();
  return (
    <ContractList
      method="piaoquan.ticketing.project.list"
      rowKey="project_id"
      cells={{
        project_name: (row) => <Link to={`/ticketing/${row.project_id}`}>{String(row.project_name)}</Link>,
        project_seat_type: (row) =>
          t(row.project_seat_type === 1 ? { zh: '有座', en: 'seated' } : { zh: '无座', en: 'unseated' }),
      }}
      titles={{ project_seat_type: { zh: '座位', en: 'Seats' } }}
      tools={
        <FormButton
          method="piaoquan.ticketing.project.save"
          label={{ zh: '新建项目', en: 'New project' }}
          button={{ type: 'primary' }}
          schema={projectSchema}
          initial={{ project_id: freeId([]), tenant_id: 1, project_seat_type: 2 }}
          wishes={{ hidden: PROJECT_HIDDEN }}
          toRequest={(values) => asNew(client, { ...values, event_list: [] })}
          onDone={(_answer, { project }) => go(`/ticketing/${(project as { project_id: number }).project_id}/events`)}
        />
      }
      empty={{
        zh: '还没有项目。先在“主办与渠道”建租户，再新建项目，然后给它加场次与票档。',
        en: 'No project yet. Make a tenant under “Sellers”, then a project, then its events and tiers.',
      }}
    />
  );
}
