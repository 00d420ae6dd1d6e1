import { BookOutlined, FilterOutlined } from '@ant-design/icons';
import { Suspense, useState } from 'react';
import type { Contract } from '../../../src/contract/method.ts';
import { useLabels } from '../language.tsx';
import { themed } from '../lazy-page.tsx';
import { PlainButton } from './button.tsx';
import type { Row } from './contract-list.tsx';
import { Flex } from './flex.tsx';

/** Request fields of every list, which no filter is offered for. */
export const PAGING = ['cursor', 'page_size'];

/** A list method, the fields that its page sets, and its filters now. */
export type FiltersProps = {
  readonly contract: Contract;
  readonly fixed: readonly string[];
  readonly value: Row;
  readonly onChange: (filters: Row) => void;
};

/** What opens below the buttons: a good part of the library, which no list needs before. */
export const filterForms = themed(() => import('./filter-form.tsx'));

/** The filters of a list method, as its request has them, and the views that were kept of it. */
export function Filters(props: FiltersProps) {
  const { contract, fixed, value } = props;
  const t = useLabels();
  const [opened, setOpened] = useState<'filter' | 'views'>();
  const names = Object.keys(contract.request.properties).filter((name) => ![...PAGING, ...fixed].includes(name));
  if (names.length === 0) return null;
  const count = Object.keys(value).length;
  const buttons = (
    <Flex gap={8}>
      <PlainButton icon={<FilterOutlined />} onClick={() => setOpened('filter')}>
        {t({ zh: '筛选', en: 'Filter' })}
        {count > 0 && <span className="console-count">{count}</span>}
      </PlainButton>
      <PlainButton icon={<BookOutlined />} label={t({ zh: '视图', en: 'Views' })} onClick={() => setOpened('views')} />
    </Flex>
  );
  if (opened === undefined) return buttons;
  return (
    <Suspense fallback={buttons}>
      <filterForms.Shown {...props} opened={opened} />
    </Suspense>
  );
}
