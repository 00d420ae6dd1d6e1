import { type ComponentType, lazy, useState } from 'react';

/** A part of the console with its code in a file of its own. */
export type LazyPage<Props> = Loadable & { readonly Shown: ComponentType<Props> };

/** What can be loaded before it is shown. */
export type Loadable = { readonly load: () => Promise<Code> };

/** What the file of a workplace, or of the library, says of its further parts. */
export type Code = {
  /** Parts that its pages open. */
  readonly later?: readonly Loadable[];
  /** The part that the steps of a path below its own lead to; undefined for those it brings itself. */
  readonly partAt?: LazyPageAt;
};

/** Finds the part that a path leads to, by its steps. */
export type LazyPageAt = (steps: readonly string[]) => LazyPage<object> | undefined;

/**
 * A part whose code is loaded when it is first shown, or before by `load`. What has been loaded stands at once: React's own
 * lazy would show the fallback of its Suspense first, and React keeps a fallback for 300 ms.
 * `load` rejects with TypeError when the code cannot be had.
 */
export function lazyPage<Props extends object>(
  code: () => Promise<Code & { default: ComponentType<Props> }>,
): LazyPage<Props> {
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

/**
 * A part that is made of the library of components, which comes with it, in the console's theme. All that a page begins
 * with stands without: the library takes a browser half a second.
 */
export function themed<Props extends object>(
  code: () => Promise<Code & { default: ComponentType<Props> }>,
): LazyPage<Props> {
  return lazyPage(async () => {
    const [{ Themed }, { default: Shown, ...more }] = await Promise.all([import('./themed.tsx'), code()]);
    const InTheme = (props: Props) => (
      <Themed>
        <Shown {...props} />
      </Themed>
    );
    return { ...more, default: InTheme };
  });
}

/** A page of a workplace, in a file that exports it by its name. */
export const page = <Name extends string>(
  code: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): LazyPage<object> => lazyPage(async () => ({ default: (await code())[name] }));

/** The same of a page that is made of the library of components, as one that is a form. */
export const themedPage = <Name extends string>(
  code: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): LazyPage<object> => themed(async () => ({ default: (await code())[name] }));
