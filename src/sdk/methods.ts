import type { catalogue } from '../contract/catalogue.ts';
import type { RequestOf, ResponseOf } from '../contract/method.ts';

/** A value as it comes in an answer, where null is never sent. */
type Present<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? Present<Item>[]
    : T extends object
      ? { [Name in keyof T]: Present<Exclude<T[Name], null>> }
      : T;

/**
 * Request and answer of every method, by its name. Here they are inferred from the contracts; the package has the same
 * written out (`declare.ts`).
 */
export type Methods = {
  [C in (typeof catalogue)[number] as C['name']]: { request: RequestOf<C>; response: Present<ResponseOf<C>> };
};
