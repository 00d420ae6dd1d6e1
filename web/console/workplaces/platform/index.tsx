import { Tabs } from 'antd';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router';
import { useWords } from '../../language.tsx';
import { AppPage } from './app.tsx';
import { Apps } from './apps.tsx';
import { Calls } from './calls.tsx';
import { Changes } from './changes.tsx';
import { Jobs } from './jobs.tsx';
import { Ledger } from './ledger.tsx';
import { Limits } from './limits.tsx';

/** The platform itself: apps, limits, calls, changes, jobs and ledgers. */
export default function Platform() {
  const t = useWords();
  const go = useNavigate();
  const here = useLocation().pathname.split('/')[2] ?? 'apps';
  const items = [
    { key: 'apps', label: t({ zh: '应用', en: 'Apps' }) },
    { key: 'limits', label: t({ zh: '限额', en: 'Limits' }) },
    { key: 'calls', label: t({ zh: '调用日志', en: 'Call log' }) },
    { key: 'changes', label: t({ zh: '变更日志', en: 'Changes' }) },
    { key: 'jobs', label: t({ zh: '后台任务', en: 'Jobs' }) },
    { key: 'ledger', label: t({ zh: '台账', en: 'Ledger' }) },
  ];
  return (
    <>
      <Tabs activeKey={here} items={items} onChange={(key) => go(`/platform/${key}`)} />
      <Routes>
        <Route path="apps" element={<Apps />} />
        <Route path="apps/:app_key" element={<AppPage />} />
        <Route path="limits" element={<Limits />} />
        <Route path="calls" element={<Calls />} />
        <Route path="changes" element={<Changes />} />
        <Route path="jobs" element={<Jobs />} />
        <Route path="ledger" element={<Ledger />} />
        <Route path="*" element={<Navigate to="/platform/apps" replace />} />
      </Routes>
    </>
  );
}
