import { SearchOutlined } from '@ant-design/icons';
import { Input, List, Modal } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useWords } from '../language.tsx';
import { searches } from '../searches.ts';

/** The dialog that finds any id, opened by ⌘K or Ctrl+K from every page. */
export function useSearch(): { open: () => void; dialog: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return { open: () => setOpen(true), dialog: <SearchDialog open={isOpen} close={() => setOpen(false)} /> };
}

function SearchDialog({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords();
  const go = useNavigate();
  const [text, setText] = useState('');
  const wanted = text.trim();
  const found = wanted === '' ? [] : searches.filter(({ fits }) => fits.test(wanted));
  const leave = () => {
    close();
    setText('');
  };
  return (
    <Modal
      open={open}
      onCancel={close}
      footer={null}
      closable={false}
      destroyOnHidden
      title={t({ zh: '按编号搜索', en: 'Search by id' })}
    >
      <Input
        autoFocus
        size="large"
        prefix={<SearchOutlined />}
        value={text}
        maxLength={128}
        placeholder={t({ zh: '活动、订单、券码、用户、request_id …', en: 'Activity, order, code, user, request_id …' })}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => {
          if (found[0] === undefined) return;
          leave();
          go(found[0].to(wanted));
        }}
      />
      <List
        dataSource={found}
        locale={{ emptyText: t({ zh: '输入编号，回车打开第一项', en: 'Type an id; Enter opens the first' }) }}
        renderItem={({ words, to }) => (
          <List.Item>
            <Link to={to(wanted)} onClick={leave}>
              {t(words)}
              {t({ zh: '：', en: ': ' })}
              {wanted}
            </Link>
          </List.Item>
        )}
      />
    </Modal>
  );
}
