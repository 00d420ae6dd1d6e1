import {
  BookOutlined,
  DesktopOutlined,
  LogoutOutlined,
  MoonOutlined,
  SearchOutlined,
  SunOutlined,
  TranslationOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, Grid, Layout, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { ROLES } from '../../src/contract/roles.ts';
import { useSearch } from './components/search.tsx';
import { useLanguage, useWords } from './language.tsx';
import { useSession } from './session.tsx';
import { type Choice, useTheme } from './theme.tsx';

/** The line above every page: search, documentation, language, theme and the operator. */
export function Header({ menu }: { menu: ReactNode }) {
  const t = useWords();
  const { language, speak } = useLanguage();
  const { me } = useSession();
  const wide = Grid.useBreakpoint().md ?? true;
  const { open, dialog } = useSearch();
  return (
    <Layout.Header className="console-header">
      {menu}
      <Button
        icon={<SearchOutlined />}
        onClick={open}
        {...(!wide && { 'aria-label': t({ zh: '搜索', en: 'Search' }) })}
      >
        {wide && t({ zh: '按任意编号搜索 ⌘K', en: 'Search any id ⌘K' })}
      </Button>
      {dialog}
      <div className="console-grow" />
      {me.sandbox && wide && <Tag color="gold">{t({ zh: '沙箱', en: 'sandbox' })}</Tag>}
      <Button
        type="text"
        icon={<BookOutlined />}
        href={`/${language}/`}
        {...(!wide && { 'aria-label': t({ zh: '文档', en: 'Documentation' }) })}
      >
        {wide && t({ zh: '文档', en: 'Docs' })}
      </Button>
      <Button
        type="text"
        icon={<TranslationOutlined />}
        {...(!wide && { 'aria-label': language === 'zh' ? 'English' : '中文' })}
        onClick={() => speak(language === 'zh' ? 'en' : 'zh')}
      >
        {wide && (language === 'zh' ? 'English' : '中文')}
      </Button>
      <ThemeMenu />
      <AccountMenu />
    </Layout.Header>
  );
}

const THEMES = [
  { key: 'auto', icon: <DesktopOutlined />, words: { zh: '跟随系统', en: 'As the system' } },
  { key: 'light', icon: <SunOutlined />, words: { zh: '浅色', en: 'Light' } },
  { key: 'dark', icon: <MoonOutlined />, words: { zh: '深色', en: 'Dark' } },
] as const;

function ThemeMenu() {
  const t = useWords();
  const { choice, isDark, choose } = useTheme();
  const items = THEMES.map(({ key, icon, words }) => ({ key, icon, label: t(words) }));
  return (
    <Dropdown trigger={['click']} menu={{ items, selectedKeys: [choice], onClick: ({ key }) => choose(key as Choice) }}>
      <Button
        type="text"
        icon={isDark ? <MoonOutlined /> : <SunOutlined />}
        aria-label={t({ zh: '主题', en: 'Theme' })}
      />
    </Dropdown>
  );
}

function AccountMenu() {
  const t = useWords();
  const go = useNavigate();
  const { language } = useLanguage();
  const { me, logOut } = useSession();
  const wide = Grid.useBreakpoint().md ?? true;
  const role = language === 'zh' ? ROLES[me.role].zh : me.role;
  const items = [
    { key: 'who', label: `${me.display_name} · ${role}`, disabled: true },
    {
      key: 'account',
      icon: <UserOutlined />,
      label: t({ zh: '我的账号', en: 'My account' }),
      onClick: () => go('/account'),
    },
    { key: 'out', icon: <LogoutOutlined />, label: t({ zh: '退出登录', en: 'Log out' }), onClick: () => void logOut() },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items }}>
      <Button type="text" icon={<UserOutlined />} {...(!wide && { 'aria-label': t({ zh: '账号', en: 'Account' }) })}>
        {wide && me.display_name}
      </Button>
    </Dropdown>
  );
}
