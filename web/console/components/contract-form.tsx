import { Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import type { TSchema } from 'typebox';

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

// Pickers, number inputs and choices are a good part of the library, which no list needs until a form is opened.
const Fields = lazy(() => import('./contract-fields.tsx'));

/**
 * The items of an antd Form for an object schema: labels, limits, listed values and nested lists come from the contract,
 * so that a form refuses what the platform would. Values are those of the SDK: instants as Date.
 */
export function ContractFields(props: FieldsProps) {
  return (
    <Suspense fallback={<Skeleton active />}>
      <Fields {...props} />
    </Suspense>
  );
}
