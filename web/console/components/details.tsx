import type { ReactNode } from 'react';
import type { TSchema } from 'typebox';
import { fieldsOf } from '../../../src/contract/schema.ts';
import { useLabels } from '../language.tsx';
import type { Row } from './contract-list.tsx';
import { Facts } from './facts.tsx';
import { headingOf, labelOf, Value } from './value.tsx';

type Props = {
  /** Schema of the thing, as its contract answers it. */
  readonly schema: TSchema;
  readonly value: Row;
  /** Members to leave out: shown elsewhere on the page. Lists and objects are left out anyway. */
  readonly without?: readonly string[];
  readonly cells?: Readonly<Record<string, (value: Row) => ReactNode>>;
  /** Whether it stands in a drawer, which has room for less beside each other than the page. */
  readonly narrow?: boolean;
};

/** The plain members of a thing, each under the meaning that its contract gives it. */
export function Details({ schema, value, without = [], cells = {}, narrow = false }: Props) {
  const t = useLabels();
  const items = fieldsOf(schema)
    .filter(
      ({ name, kind }) =>
        !without.includes(name) && (cells[name] !== undefined || (kind !== 'array' && kind !== 'object')),
    )
    .map((field) => ({
      key: field.name,
      label: <span title={`${field.name} · ${t(labelOf(field))}`}>{t(headingOf(field))}</span>,
      children: cells[field.name]?.(value) ?? <Value field={field} value={value[field.name]} />,
    }));
  return <Facts items={items} narrow={narrow} />;
}
