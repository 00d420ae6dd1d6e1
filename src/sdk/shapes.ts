import type { TSchema } from 'typebox';
import { catalogue } from '../contract/catalogue.ts';
import type { Contract } from '../contract/method.ts';
import { type DatePattern, fieldNote, fieldsOf, itemOf, kindOf } from '../contract/schema.ts';

/** Where instants stand in a value, and how each is spelled; lists are passed through to their items. */
export type Instants = { readonly [name: string]: DatePattern | Instants };

/** What the client must know of a method to carry its values; absent parts are empty. */
export type Shape = {
  readonly kind: Contract['kind'];
  readonly request?: Instants;
  readonly response?: Instants;
  /** Present when the request takes the `next_cursor` of an answer. */
  readonly cursor?: true;
};

/**
 * The shape of every method. The package holds this value itself in place of the contracts it is read from
 * (`build.ts`), so that nothing of them is needed at run time.
 */
export const shapes: Readonly<Record<string, Shape>> = Object.fromEntries(
  catalogue.map((contract: Contract) => [contract.name, shapeOf(contract)]),
);

function shapeOf({ kind, request, response }: Contract): Shape {
  const [asked, answered] = [instantsOf(request), instantsOf(response)];
  return {
    kind,
    ...(asked && { request: asked }),
    ...(answered && { response: answered }),
    ...(fieldsOf(request).some(({ name }) => name === 'cursor') && { cursor: true }),
  };
}

function instantsOf(schema: TSchema): Instants | undefined {
  const found = fieldsOf(schema).flatMap(({ name, schema: field }) => {
    const own = instantsIn(field);
    return own === undefined ? [] : [[name, own] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function instantsIn(schema: TSchema): Instants[string] | undefined {
  switch (kindOf(schema)) {
    case 'instant':
      return fieldNote(schema).date;
    case 'object':
      return instantsOf(schema);
    case 'array':
      return instantsIn(itemOf(schema));
    default:
      return undefined;
  }
}
