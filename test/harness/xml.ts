import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { TSchema } from 'typebox';
import type { Contract } from '../../src/contract/method.ts';
import { fieldNote, fieldsOf, itemName, itemOf, kindOf } from '../../src/contract/schema.ts';
import { rootName } from '../../src/wire/render.ts';
import { parseInstant } from '../../src/wire/time.ts';

/** An XML element: its name, its child elements in order, and its text exactly as a client's parser gives it. */
export type Element = { readonly name: string; readonly children: readonly Element[]; readonly text: string };

const parser = new XMLParser({
  preserveOrder: true,
  trimValues: false,
  parseTagValue: false,
  ignoreDeclaration: true,
  // Numeric character references too.
  htmlEntities: true,
});

type Node = Record<string, Node[] | string>;

function toElement(node: Node): Element {
  const [name, content] = Object.entries(node)[0] as [string, Node[]];
  const texts = content.filter((each) => '#text' in each).map((each) => each['#text'] as string);
  const children = content.filter((each) => !('#text' in each)).map(toElement);
  return { name, children, text: texts.join('') };
}

/** Reads a document; throws when it is not well-formed or has another number of roots than one. */
export function parseXml(text: string): Element {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`not well-formed: ${valid.err.msg} in ${text}`);
  const roots = (parser.parse(text) as Node[]).filter((node) => !('#text' in node));
  if (roots.length !== 1) throw new Error(`${roots.length} roots in ${text}`);
  return toElement(roots[0] as Node);
}

/** The text of the first child element of a name. */
export const childText = (element: Element, name: string): string | undefined =>
  element.children.find((child) => child.name === name)?.text;

/** Reads a method's XML answer by its contract, the way a typed client does; throws when it does not fit. */
export function readXml(contract: Contract, text: string): { value: unknown; request_id: string | undefined } {
  const root = parseXml(text);
  if (root.name !== rootName(contract.name)) throw new Error(`root ${root.name}`);
  const request_id = childText(root, 'request_id');
  const fields = root.children.filter(({ name }) => name !== 'request_id');
  return { value: readObject(contract.response, { ...root, children: fields }), request_id };
}

function readObject(schema: TSchema, { name: parent, children }: Element): unknown {
  const fields = new Map(fieldsOf(schema).map((field) => [field.name, field.schema]));
  return Object.fromEntries(
    children.map((child) => {
      const field = fields.get(child.name);
      if (field === undefined) throw new Error(`${parent} has no field ${child.name}`);
      return [child.name, readValue(field, child)];
    }),
  );
}

function readValue(schema: TSchema, element: Element): unknown {
  const { date } = fieldNote(schema);
  switch (kindOf(schema)) {
    case 'object':
      return readObject(schema, element);
    case 'array': {
      const item = itemOf(schema);
      const name = itemName(fieldNote(item).type);
      if (element.children.some((child) => child.name !== name)) throw new Error(`items of ${element.name}`);
      return element.children.map((child) => readValue(item, child));
    }
    case 'instant':
      return parseInstant(element.text, date);
    case 'integer':
      return Number(element.text);
    case 'boolean':
      return element.text === 'true' ? true : element.text === 'false' ? false : undefined;
    default:
      return element.text;
  }
}
