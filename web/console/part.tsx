import { type ComponentType, lazy, useState } from 'react';

/** A part of the console with its code in a file of its own. */
export type Part<Props> = Loadable & { readonly Shown: ComponentType<Props> };

/** What can be loaded before it is shown. */
export type Loadable = { readonly load: () => Promise<Code> };

/** What the file of a workplace, or of the library, says of its further parts. */
export type Code = {
  /** Parts that its pages open. */
  readonly later?: readonly Loadable[];
  /** The part that the steps of a path below its own lead to; undefined for those it brings itself. */
  readonly partAt?: PartAt;
};

/** Finds the part that a path leads to, by its steps. */
export type PartAt = (steps: readonly string[]) => Part<object> | undefined;

/**
 * A part whose code is loaded when it is first shown, or before by `load`. What has been loaded stands at once: React's own
 * lazy would show the fallback of its Suspense first, and React keeps a fallback for 300 ms.
 * `load` rejects with TypeError when the code cannot be had.
 */
export function part<Props extends object>(code: () => Promise<Code & { default: ComponentType<Props> }>): Part<Props> {
  let loaded: ComponentType<Props> | undefined;
  const load = async () => {
    const found = await code();
    loaded = found.default;
    return found;
  };
  const Lazy = lazy(load);
  function Shown(props: Props) {
    const [Kept] = useState(() => loaded ?? Lazy);
    return <Kept {...props} />;
  }
  return { load, Shown };
}

/** A page of a workplace, in a file that exports it by its name. */
export const page = <Name extends string>(code: () => Promise<Record<Name, ComponentType>>, name: Name): Part<object> =>
  part(async () => ({ default: (await code())[name] }));
