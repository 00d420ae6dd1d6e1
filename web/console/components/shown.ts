import type { TSchema } from 'typebox';
import { type Field, fieldsOf, itemOf, kindOf } from '../../../src/contract/schema.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * What a form shows, as a request says it: a switch sends what it stands at, a mandatory list that has nothing is an empty
 * one, and a setting that is empty is null, so that a save takes it away. All else that is empty is left out.
 * @param schema what the form is made from
 * @param values what stands in it, by the names of the schema
 * @param hidden paths, without list places, that it does not show
 */
export function asShown(schema: TSchema, values: Values, hidden: readonly string[] = [], path = ''): Values {
  const shown = fieldsOf(schema).filter(({ name }) => !hidden.includes(path + name));
  const spelled = shown.map(
    (field) => [field.name, spell(field, values[field.name], hidden, path + field.name)] as const,
  );
  return Object.fromEntries(spelled.filter(([, value]) => value !== undefined));
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

function spell(field: Field, value: unknown, hidden: readonly string[], path: string): unknown {
  const { schema, kind, required, note } = field;
  switch (kind) {
    case 'object': {
      const inner = asShown(schema, (value ?? {}) as Values, hidden, `${path}.`);
      return required || Object.values(inner).some((each) => !isEmpty(each) && each !== false) ? inner : undefined;
    }
    case 'array': {
      const items = itemsOf(itemOf(schema), value, hidden, path);
      if (items.length > 0 || required) return items;
      return note.setting ? null : undefined;
    }
    case 'boolean':
      return required ? value === true : (value ?? undefined);
    default:
      if (!isEmpty(value)) return value;
      return note.setting ? null : undefined;
  }
}

function itemsOf(item: TSchema, value: unknown, hidden: readonly string[], path: string): unknown[] {
  const items = Array.isArray(value) ? value : [];
  if (kindOf(item) !== 'object') return items.filter((each) => !isEmpty(each));
  return items.map((each) => asShown(item, (each ?? {}) as Values, hidden, `${path}.`));
}
