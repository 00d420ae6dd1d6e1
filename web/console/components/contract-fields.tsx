import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, InputNumber, Select, Space, Switch } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import type { TSchema } from 'typebox';
import { type Field, fieldNote, fieldsOf, itemOf, kindOf } from '../../../src/contract/schema.ts';
import { withoutJson } from '../../../src/wire/lists.ts';
import { formatInstant, parseInstant } from '../../../src/wire/time.ts';
import { useLabels } from '../language.tsx';
import { MapInput } from './map-input.tsx';

/** What a page says of fields besides their contract, by path without list places: `activity.segments.win_times`. */
export type FieldWishes = {
  /** Not shown: set by the page, or of no use here. */
  readonly hidden?: readonly string[];
  /** Shown but not to be changed, as the id of a thing that exists. */
  readonly fixed?: readonly string[];
  /** Mandatory here, though the contract has to let it be left out, as the stock of a thing that is new. */
  readonly required?: readonly string[];
  /** What there is to choose from, where the page knows it: an id is then chosen by its name. */
  readonly choices?: Readonly<Record<string, readonly Choice[]>>;
  /** Texts that are JSON objects, filled in name by name: the names that are usual. */
  readonly maps?: Readonly<Record<string, readonly string[]>>;
};

/** A value that may be chosen, under its name. */
export type Choice = { readonly value: string | number; readonly label: string };

/** What is filled in, where its values stand in the form, and what the page says of it. */
export type FieldsProps = {
  readonly schema: TSchema;
  readonly path?: (string | number)[];
  readonly wishes?: FieldWishes;
};

type Path = (string | number)[];

const FULL = 'YYYY-MM-DD HH:mm:ss';

/** Pickers speak dayjs in the browser's zone; what they show is GMT+8, so the text goes across, not the instant. */
const toPicker = (value: unknown): { value: Dayjs | undefined } => ({
  value: value instanceof Date ? dayjs(formatInstant(value), FULL) : undefined,
});
const fromPicker = (value: Dayjs | null): Date | undefined =>
  value === null ? undefined : parseInstant(value.format(FULL), 'yyyy-MM-dd HH:mm:ss');

/**
 * The items of an antd Form for an object schema: labels, limits, listed values and nested lists come from the contract,
 * so that a form refuses what the platform would. Values are those of the SDK: instants as Date. They come with the code of
 * the form: one that could be sent before its fields are there would send nothing of them.
 */
export function ContractFields({ schema, path = [], wishes = {} }: FieldsProps) {
  return fieldsOf(schema).map((field) => (
    <FieldItem key={field.name} field={field} path={[...path, field.name]} wishes={wishes} />
  ));
}

/** A path without list places, as pages name fields. */
const plainOf = (path: Path): string => path.filter((part) => typeof part === 'string').join('.');

type ItemProps = { field: Field; path: Path; wishes: FieldWishes };

function FieldItem({ field, path, wishes }: ItemProps) {
  const t = useLabels();
  const plain = plainOf(path);
  if (wishes.hidden?.includes(plain)) return null;
  const label = t(field.note.meaning);
  if (field.kind === 'object')
    return (
      <fieldset className="console-fieldset">
        <legend>{label}</legend>
        <ContractFields schema={field.schema} path={path} wishes={wishes} />
      </fieldset>
    );
  if (field.kind === 'array') return <ListItems field={field} path={path} wishes={wishes} />;
  const isFixed = wishes.fixed?.includes(plain) ?? false;
  const known = wishes.maps?.[plain];
  return (
    <Form.Item
      name={path}
      label={label}
      tooltip={field.name}
      {...(isSwitch(field) && { valuePropName: 'checked' })}
      {...(field.kind === 'instant' && { getValueProps: toPicker, getValueFromEvent: fromPicker })}
      rules={rulesOf(field, wishes.required?.includes(plain) ?? false, t({ zh: '请填写', en: 'Needed' }))}
    >
      {known === undefined ? inputOf(field, isFixed, t, wishes.choices?.[plain]) : <MapInput known={known} />}
    </Form.Item>
  );
}

/** A switch has two places and sends where it stands; what may be left open is a choice that may be empty. */
const isSwitch = ({ kind, required }: Field): boolean => kind === 'boolean' && required;

const rulesOf = (field: Field, isWished: boolean, needed: string) =>
  isWished || (field.required && field.kind !== 'boolean') ? [{ required: true, message: needed }] : [];

type Limits = { minimum?: number; maximum?: number; maxLength?: number };

function inputOf(field: Field, disabled: boolean, t: ReturnType<typeof useLabels>, choices?: readonly Choice[]) {
  const { values, example, type } = field.note;
  const { minimum, maximum, maxLength } = field.schema as Limits;
  if (choices !== undefined)
    return (
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        allowClear={!field.required}
        disabled={disabled}
        options={[...choices]}
      />
    );
  if (values !== undefined)
    return <Select allowClear={!field.required} disabled={disabled} options={optionsOf(field.kind, values, t)} />;
  switch (field.kind) {
    case 'integer':
      return (
        <InputNumber
          precision={0}
          disabled={disabled}
          placeholder={example ?? ''}
          style={{ width: '100%' }}
          {...(minimum !== undefined && { min: minimum })}
          {...(maximum !== undefined && { max: maximum })}
        />
      );
    case 'boolean':
      if (isSwitch(field)) return <Switch disabled={disabled} />;
      return (
        <Select
          allowClear
          disabled={disabled}
          options={[
            { value: true, label: t({ zh: '是', en: 'Yes' }) },
            { value: false, label: t({ zh: '否', en: 'No' }) },
          ]}
        />
      );
    case 'instant':
      // What was picked counts when the field is left, as what was typed does.
      return <DatePicker showTime needConfirm={false} disabled={disabled} style={{ width: '100%' }} />;
    default:
      return type === 'Json' || (maxLength ?? 0) > 1000 ? (
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} disabled={disabled} placeholder={example ?? ''} />
      ) : (
        <Input disabled={disabled} placeholder={example ?? ''} {...(maxLength !== undefined && { maxLength })} />
      );
  }
}

/** The values that a contract lists, as choices. */
const optionsOf = (
  kind: Field['kind'],
  values: NonNullable<Field['note']['values']>,
  t: ReturnType<typeof useLabels>,
) =>
  Object.entries(values).map(([value, words]) => ({
    value: kind === 'integer' ? Number(value) : value,
    label: t({ zh: `${words.zh}（${value}）`, en: `${words.en} (${value})` }),
  }));

function ListItems({ field, path, wishes }: ItemProps) {
  const t = useLabels();
  const form = Form.useFormInstance();
  const item = itemOf(field.schema);
  const { values } = fieldNote(item);
  const choices = wishes.choices?.[plainOf(path)] ?? (values && optionsOf(kindOf(item), values, t));
  if (kindOf(item) !== 'object')
    return (
      <Form.Item
        name={path}
        label={t(field.note.meaning)}
        tooltip={field.name}
        {...(choices === undefined && { normalize: withoutJson })}
      >
        {choices === undefined ? (
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '\n']} />
        ) : (
          <Select mode="multiple" options={[...choices]} />
        )}
      </Form.Item>
    );
  return (
    <fieldset className="console-fieldset">
      <legend>{t(field.note.meaning)}</legend>
      <Form.List name={path}>
        {(rows, { add, remove }) => (
          <Space orientation="vertical" style={{ width: '100%' }}>
            {rows.map(({ key, name }) => (
              <div key={key} className="console-list-item">
                <div className="console-grow">
                  <ContractFields schema={item} path={[name]} wishes={inside(wishes, path)} />
                </div>
                <Button
                  type="text"
                  aria-label={t({ zh: '删除这一项', en: 'Remove this one' })}
                  icon={<MinusCircleOutlined />}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button
              type="dashed"
              icon={<PlusOutlined />}
              onClick={() => add(newItem(item, form.getFieldValue(path)))}
              block
            >
              {t({ zh: '添加', en: 'Add' })}
            </Button>
          </Space>
        )}
      </Form.List>
    </fieldset>
  );
}

/** An item to be filled in: where items are numbered by a `…_no`, with the next number. */
function newItem(item: TSchema, present: unknown): Record<string, number> {
  const number = fieldsOf(item).find(({ name, required }) => required && name.endsWith('_no'))?.name;
  if (number === undefined) return {};
  const used = Array.isArray(present) ? present.map((each) => Number(each?.[number] ?? 0)) : [];
  return { [number]: Math.max(0, ...used) + 1 };
}

/** Wishes of a list's items, whose paths begin anew below the list. */
function inside(wishes: FieldWishes, path: Path): FieldWishes {
  const prefix = `${plainOf(path)}.`;
  const cut = (paths: readonly string[] = []): string[] =>
    paths.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
  const choices = Object.entries(wishes.choices ?? {})
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, offered]) => [name.slice(prefix.length), offered] as const);
  const { hidden, fixed, required } = wishes;
  return {
    ...{ hidden: cut(hidden), fixed: cut(fixed), required: cut(required) },
    choices: Object.fromEntries(choices),
  };
}
