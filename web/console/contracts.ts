import type { TSchema } from 'typebox';
import { catalogue } from '../../src/contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../../src/contract/error-table.ts';
import type { Contract } from '../../src/contract/method.ts';
import { type Field, fieldsOf, itemOf, kindOf, type Label } from '../../src/contract/schema.ts';
import type { TopError } from '../../src/sdk/errors.ts';

const byName = new Map<string, Contract>(catalogue.map((contract: Contract) => [contract.name, contract]));

/** The contract of a method; undefined for a name this release does not know. */
export const contractOf = (method: string): Contract | undefined => byName.get(method);

/** The contract of a method that is known. Throws for another name. */
export function knownContract(method: string): Contract {
  const contract = byName.get(method);
  if (contract === undefined) throw new Error(`no method ${method}`);
  return contract;
}

/** Why an error comes, and what to do about it. */
export type Explanation = { readonly cause: Label; readonly remedy: Label };

/** What the contract of a refused call says of its error, or else the platform's own table; undefined for an unknown one. */
export function explanationOf({ method, code, sub_code }: Refused): Explanation | undefined {
  const own = contractOf(method)?.errors[sub_code ?? ''];
  const ofPlatform = (each: ErrorEntry): boolean => each.code === code && each.sub_code === sub_code;
  return own ?? Object.values(platformErrors).find(ofPlatform);
}

type Refused = Pick<TopError, 'method' | 'code' | 'sub_code'>;

/** The field at a path of an object schema, `a.b`; lists are passed through to their items. Throws when there is none. */
export function fieldAt(schema: TSchema, path: string): Field {
  const [first = '', ...rest] = path.split('.');
  const field = fieldsOf(schema).find(({ name }) => name === first);
  if (field === undefined) throw new Error(`no field ${path}`);
  if (rest.length === 0) return field;
  return fieldAt(kindOf(field.schema) === 'array' ? itemOf(field.schema) : field.schema, rest.join('.'));
}

/** The first list of an answer: the rows of a list method. Throws when the method lists nothing. */
export function rowsField(contract: Contract): Field {
  const field = fieldsOf(contract.response).find(({ kind }) => kind === 'array');
  if (field === undefined) throw new Error(`${contract.name} lists nothing`);
  return field;
}
