import {
  AppstoreOutlined,
  BarcodeOutlined,
  CalendarOutlined,
  CrownOutlined,
  DashboardOutlined,
  GiftOutlined,
  MenuOutlined,
  RocketOutlined,
  TagsOutlined,
} from '@ant-design/icons';
import { type ComponentType, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { Navigate, NavLink, Route, Routes } from 'react-router';
import type { Label } from '../../src/contract/schema.ts';
import { Boundary } from './components/boundary.tsx';
import { Dialog } from './components/dialog.tsx';
import { useScrollStops } from './components/scroll-stops.ts';
import { Waiting } from './components/states.tsx';
import { Header } from './header.tsx';
import { useLabels } from './language.tsx';
import { errorHelp, loadAtLeisure, type Path, workplacePages } from './routes.ts';
import { useSession } from './session.tsx';

type Workplace = { path: Path; words: Label; icon: ReactNode; Page: ComponentType };

const workplaces: readonly Workplace[] = [
  {
    path: 'overview',
    words: { zh: '总览', en: 'Overview' },
    icon: <DashboardOutlined />,
    Page: workplacePages.overview.Shown,
  },
  {
    path: 'lottery',
    words: { zh: '抽奖', en: 'Lottery' },
    icon: <GiftOutlined />,
    Page: workplacePages.lottery.Shown,
  },
  {
    path: 'vouchers',
    words: { zh: '券码', en: 'Vouchers' },
    icon: <BarcodeOutlined />,
    Page: workplacePages.vouchers.Shown,
  },
  {
    path: 'ticketing',
    words: { zh: '票务', en: 'Ticketing' },
    icon: <CalendarOutlined />,
    Page: workplacePages.ticketing.Shown,
  },
  {
    path: 'sendplans',
    words: { zh: '投放计划', en: 'Send plans' },
    icon: <RocketOutlined />,
    Page: workplacePages.sendplans.Shown,
  },
  {
    path: 'benefits',
    words: { zh: '权益', en: 'Benefits' },
    icon: <TagsOutlined />,
    Page: workplacePages.benefits.Shown,
  },
  {
    path: 'platform',
    words: { zh: '平台', en: 'Platform' },
    icon: <AppstoreOutlined />,
    Page: workplacePages.platform.Shown,
  },
  {
    path: 'operators',
    words: { zh: '操作员', en: 'Operators' },
    icon: <CrownOutlined />,
    Page: workplacePages.operators.Shown,
  },
];

const Account = workplacePages.account.Shown;

/** The pages of a logged-in operator. */
export function Pages() {
  const { me, may } = useSession();
  useScrollStops();
  const [isOpen, setOpen] = useState(false);
  const t = useLabels();
  const shown = useMemo(
    () => workplaces.filter(({ path }) => path !== 'operators' || may('piaoquan.operator.list')),
    [may],
  );
  useEffect(() => loadAtLeisure(shown.map(({ path }) => path)), [shown]);
  if (me.password_temporary) return <Account />;
  const close = () => setOpen(false);
  const navigation = <Navigation shown={shown} onGo={close} />;
  return (
    <div className="console-frame">
      <aside className="console-sider">{navigation}</aside>
      <Dialog open={isOpen} close={close} label={t(MENU)} className="console-drawer">
        {navigation}
      </Dialog>
      <div className="console-main">
        <Header menu={<MenuButton onClick={() => setOpen(true)} />} />
        <main>
          <div className="console-content">
            <Boundary>
              <Suspense fallback={<Waiting />}>
                <Places shown={shown} />
              </Suspense>
            </Boundary>
          </div>
        </main>
        <footer className="console-zone">
          {t({ zh: '控制台中的时间均为北京时间（GMT+8）', en: 'All times in the console are GMT+8 (Beijing)' })}
        </footer>
      </div>
    </div>
  );
}

/** The page at the browser's address; all but the overview and the account within what is told of errors. */
function Places({ shown }: { shown: readonly Workplace[] }) {
  const [overview, ...others] = shown;
  const routeOf = ({ path, Page }: Workplace) => <Route key={path} path={`${path}/*`} element={<Page />} />;
  return (
    <Routes>
      {overview && routeOf(overview)}
      <Route path="account" element={<Account />} />
      <Route element={<errorHelp.Shown />}>{others.map(routeOf)}</Route>
      <Route path="*" element={<Navigate to="/overview" replace />} />
    </Routes>
  );
}

function Navigation({ shown, onGo }: { shown: readonly Workplace[]; onGo: () => void }) {
  const t = useLabels();
  return (
    <nav aria-label={t({ zh: '工作台', en: 'Workplaces' })}>
      <div className="console-brand">Piaoquan 票券</div>
      <ul className="console-nav">
        {shown.map(({ path, words, icon }) => (
          <li key={path}>
            <NavLink to={`/${path}`} onClick={onGo}>
              {icon}
              {t(words)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const MENU = { zh: '菜单', en: 'Menu' };

function MenuButton({ onClick }: { onClick: () => void }) {
  const label = useLabels()(MENU);
  return (
    <button type="button" className="console-button console-menu-button" aria-label={label} onClick={onClick}>
      <MenuOutlined />
    </button>
  );
}
