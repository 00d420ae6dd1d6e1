import { BookOutlined, FilterOutlined } from '@ant-design/icons';
import { Badge, Button, Dropdown, Flex, Form, Input, Popover } from 'antd';
import { useState } from 'react';
import type { Contract } from '../../../src/contract/method.ts';
import { useLabels } from '../language.tsx';
import { keepView, readViews } from '../views.ts';
import { ContractFields } from './contract-fields.tsx';
import type { Row } from './contract-list.tsx';
import { withoutEmpties } from './empties.ts';
import { type FiltersProps, PAGING } from './filters.tsx';

/** `opened`: which of the two is to stand open at first. */
type Props = FiltersProps & { opened?: 'filter' | 'views' | undefined };

/** The filters of a list and its views, with all that they open. */
export default function FilterForms({ contract, fixed, value, onChange, opened }: Props) {
  const t = useLabels();
  const [open, setOpen] = useState(opened === 'filter');
  const form = (
    <FilterForm
      contract={contract}
      hidden={[...PAGING, ...fixed]}
      value={value}
      onDone={(filters) => {
        setOpen(false);
        onChange(filters);
      }}
    />
  );
  return (
    <Flex gap={8}>
      <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomLeft" destroyOnHidden content={form}>
        <Badge count={Object.keys(value).length} size="small">
          <Button icon={<FilterOutlined />}>{t({ zh: '筛选', en: 'Filter' })}</Button>
        </Badge>
      </Popover>
      <Views method={contract.name} value={value} onChange={onChange} opened={opened === 'views'} />
    </Flex>
  );
}

type FormProps = { contract: Contract; hidden: readonly string[]; value: Row; onDone: (filters: Row) => void };

function FilterForm({ contract, hidden, value, onDone }: FormProps) {
  const t = useLabels();
  return (
    <Form
      layout="vertical"
      initialValues={value}
      onFinish={(values) => onDone(withoutEmpties(values))}
      className="console-filters"
    >
      <ContractFields schema={contract.request} wishes={{ hidden }} />
      <Flex gap={8} justify="end">
        <Button onClick={() => onDone({})}>{t({ zh: '清空', en: 'Clear' })}</Button>
        <Button type="primary" htmlType="submit">
          {t({ zh: '应用', en: 'Apply' })}
        </Button>
      </Flex>
    </Form>
  );
}

type ViewsProps = { method: string; value: Row; onChange: (filters: Row) => void; opened: boolean };

/** Views of a list: filters kept under a name in this browser. */
function Views({ method, value, onChange, opened }: ViewsProps) {
  const t = useLabels();
  const [open, setOpen] = useState(opened);
  const [views, setViews] = useState(() => readViews(method));
  const [name, setName] = useState('');
  const items = Object.keys(views).map((key) => ({ key, label: key, onClick: () => onChange(views[key] as Row) }));
  const keep = (
    <Flex gap={8} onClick={(event) => event.stopPropagation()}>
      <Input
        size="small"
        value={name}
        maxLength={40}
        placeholder={t({ zh: '给当前筛选起名', en: 'Name these filters' })}
        onChange={(event) => setName(event.target.value)}
      />
      <Button
        size="small"
        disabled={name.trim() === ''}
        onClick={() => {
          setViews(keepView(method, name.trim(), value));
          setName('');
        }}
      >
        {t({ zh: '保存', en: 'Keep' })}
      </Button>
    </Flex>
  );
  return (
    <Dropdown
      open={open}
      onOpenChange={setOpen}
      trigger={['click']}
      menu={{ items: [...items, { type: 'divider' }, { key: ' keep', label: keep }] }}
    >
      <Button icon={<BookOutlined />} aria-label={t({ zh: '视图', en: 'Views' })} />
    </Dropdown>
  );
}
