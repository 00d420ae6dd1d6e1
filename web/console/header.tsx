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
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { ROLES } from '../../src/contract/platform/roles.ts';
import { Menu } from './components/menu.tsx';
import { useSearch } from './components/search.tsx';
import { useLabels, useLanguage } from './language.tsx';
import { useSession } from './session.tsx';
import { useTheme } from './theme.tsx';

/** The line above every page: search, documentation, language, theme and the operator. */
export function Header({ menu }: { menu: ReactNode }) {
  const t = useLabels();
  const { language, speak } = useLanguage();
  const { me } = useSession();
  const { open, dialog } = useSearch();
  return (
    <header className="console-header">
      {menu}
      <button type="button" className="console-button framed" onClick={open}>
        <SearchOutlined />
        <span className="console-word">{t({ zh: '按任意编号搜索 ⌘K', en: 'Search any id ⌘K' })}</span>
      </button>
      {dialog}
      <div className="console-grow" />
      {me.sandbox && <span className="console-tag gold">{t({ zh: '沙箱', en: 'sandbox' })}</span>}
      <a className="console-button" href={`/${language}/`}>
        <BookOutlined />
        <span className="console-word">{t({ zh: '文档', en: 'Docs' })}</span>
      </a>
      <button type="button" className="console-button" onClick={() => speak(language === 'zh' ? 'en' : 'zh')}>
        <TranslationOutlined />
        <span className="console-word" lang={language === 'zh' ? 'en' : 'zh-CN'}>
          {language === 'zh' ? 'English' : '中文'}
        </span>
      </button>
      <ThemeMenu />
      <AccountMenu />
    </header>
  );
}

const THEMES = [
  { key: 'auto', icon: <DesktopOutlined />, words: { zh: '跟随系统', en: 'As the system' } },
  { key: 'light', icon: <SunOutlined />, words: { zh: '浅色', en: 'Light' } },
  { key: 'dark', icon: <MoonOutlined />, words: { zh: '深色', en: 'Dark' } },
] as const;

function ThemeMenu() {
  const t = useLabels();
  const { choice, isDark, choose } = useTheme();
  const items = THEMES.map(({ key, icon, words }) => ({
    ...{ key, icon, label: t(words), is_chosen: key === choice },
    go: () => choose(key),
  }));
  return (
    <Menu label={t({ zh: '主题', en: 'Theme' })} button={isDark ? <MoonOutlined /> : <SunOutlined />} items={items} />
  );
}

function AccountMenu() {
  const t = useLabels();
  const go = useNavigate();
  const { language } = useLanguage();
  const { me, logOut } = useSession();
  const role = language === 'zh' ? ROLES[me.role].zh : me.role;
  const items = [
    { key: 'who', label: `${me.display_name} · ${role}` },
    {
      ...{ key: 'account', icon: <UserOutlined />, label: t({ zh: '我的账号', en: 'My account' }) },
      go: () => go('/account'),
    },
    {
      ...{ key: 'out', icon: <LogoutOutlined />, label: t({ zh: '退出登录', en: 'Log out' }) },
      go: () => void logOut(),
    },
  ];
  const button = (
    <>
      <UserOutlined />
      <span className="console-word">{me.display_name}</span>
    </>
  );
  return <Menu button={button} items={items} />;
}
