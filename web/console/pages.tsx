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
import { Button, Drawer, Grid, Layout, Menu, Typography } from 'antd';
import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, Navigate, Route, Routes, useLocation } from 'react-router';
import type { Words } from '../../src/contract/schema.ts';
import { Boundary } from './components/boundary.tsx';
import { useScrollStops } from './components/scroll-stops.ts';
import { Waiting } from './components/states.tsx';
import { Header } from './header.tsx';
import { useWords } from './language.tsx';
import { workplaceCode } from './routes.ts';
import { useSession } from './session.tsx';

type Workplace = { path: string; words: Words; icon: ReactNode; Page: ComponentType };

const workplaces: readonly Workplace[] = [
  {
    path: 'overview',
    words: { zh: '总览', en: 'Overview' },
    icon: <DashboardOutlined />,
    Page: lazy(workplaceCode.overview),
  },
  {
    path: 'lottery',
    words: { zh: '抽奖', en: 'Lottery' },
    icon: <GiftOutlined />,
    Page: lazy(workplaceCode.lottery),
  },
  {
    path: 'vouchers',
    words: { zh: '券码', en: 'Vouchers' },
    icon: <BarcodeOutlined />,
    Page: lazy(workplaceCode.vouchers),
  },
  {
    path: 'ticketing',
    words: { zh: '票务', en: 'Ticketing' },
    icon: <CalendarOutlined />,
    Page: lazy(workplaceCode.ticketing),
  },
  {
    path: 'sendplans',
    words: { zh: '投放计划', en: 'Send plans' },
    icon: <RocketOutlined />,
    Page: lazy(workplaceCode.sendplans),
  },
  {
    path: 'benefits',
    words: { zh: '权益', en: 'Benefits' },
    icon: <TagsOutlined />,
    Page: lazy(workplaceCode.benefits),
  },
  {
    path: 'platform',
    words: { zh: '平台', en: 'Platform' },
    icon: <AppstoreOutlined />,
    Page: lazy(workplaceCode.platform),
  },
  {
    path: 'operators',
    words: { zh: '操作员', en: 'Operators' },
    icon: <CrownOutlined />,
    Page: lazy(workplaceCode.operators),
  },
];

const Account = lazy(workplaceCode.account);

/** The pages of a logged-in operator, each loaded when it is first opened. */
export function Pages() {
  const t = useWords();
  const { me, may } = useSession();
  useScrollStops();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  const shown = workplaces.filter(({ path }) => path !== 'operators' || may('piaoquan.operator.list'));
  const navigation = <Navigation shown={shown} onGo={() => setOpen(false)} />;
  if (me.password_temporary) return <Account />;
  return (
    <Layout style={{ minHeight: '100vh' }}>
      {wide ? (
        <Layout.Sider width={208} className="console-sider">
          {navigation}
        </Layout.Sider>
      ) : (
        <Drawer
          open={open}
          placement="left"
          size={240}
          styles={{ body: { padding: 0 } }}
          onClose={() => setOpen(false)}
        >
          {navigation}
        </Drawer>
      )}
      <Layout>
        <Header menu={wide ? undefined : <MenuButton onClick={() => setOpen(true)} />} />
        <Layout.Content>
          <div className="console-content">
            <Boundary>
              <Suspense fallback={<Waiting />}>
                <Routes>
                  {shown.map(({ path, Page }) => (
                    <Route key={path} path={`${path}/*`} element={<Page />} />
                  ))}
                  <Route path="account" element={<Account />} />
                  <Route path="*" element={<Navigate to="/overview" replace />} />
                </Routes>
              </Suspense>
            </Boundary>
          </div>
        </Layout.Content>
        <Layout.Footer className="console-zone">
          <Typography.Text type="secondary">
            {t({ zh: '控制台中的时间均为北京时间（GMT+8）', en: 'All times in the console are GMT+8 (Beijing)' })}
          </Typography.Text>
        </Layout.Footer>
      </Layout>
    </Layout>
  );
}

function Navigation({ shown, onGo }: { shown: readonly Workplace[]; onGo: () => void }) {
  const t = useWords();
  const { pathname } = useLocation();
  const items = shown.map(({ path, words, icon }) => ({
    key: path,
    icon,
    label: (
      <Link to={`/${path}`} onClick={onGo}>
        {t(words)}
      </Link>
    ),
  }));
  return (
    <nav aria-label={t({ zh: '工作台', en: 'Workplaces' })}>
      <div className="console-brand">Piaoquan 票券</div>
      <Menu mode="inline" selectedKeys={[pathname.split('/')[1] ?? '']} items={items} style={{ borderInlineEnd: 0 }} />
    </nav>
  );
}

function MenuButton({ onClick }: { onClick: () => void }) {
  const t = useWords();
  return <Button type="text" icon={<MenuOutlined />} aria-label={t({ zh: '菜单', en: 'Menu' })} onClick={onClick} />;
}
