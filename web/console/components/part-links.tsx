import { useLayoutEffect, useRef } from 'react';
import { Link } from 'react-router';

/** The way to one part of a page. */
export type PartLink = { readonly key: string; readonly label: string; readonly path: string };

type Props = { readonly label: string; readonly links: readonly PartLink[]; readonly chosen: string };

/** Links to the parts of a page, in a row that scrolls where there is no room for all; the chosen one is in sight. */
export function PartLinks({ label, links, chosen }: Props) {
  const row = useRef<HTMLElement>(null);
  // Words of another language have another length.
  useLayoutEffect(() => showChosen(row.current), [chosen, label]);
  return (
    <nav ref={row} className="console-sections" aria-label={label}>
      {links.map((each) => (
        <Link key={each.key} to={each.path} aria-current={each.key === chosen ? 'page' : undefined}>
          {each.label}
        </Link>
      ))}
    </nav>
  );
}

/** Scrolls the row alone: `scrollIntoView` would move the page too. */
function showChosen(row: HTMLElement | null): void {
  const link = row?.querySelector('[aria-current]');
  if (!row || !link) return;
  const [around, own] = [row.getBoundingClientRect(), link.getBoundingClientRect()];
  if (own.right > around.right) row.scrollLeft += own.right - around.right;
  else if (own.left < around.left) row.scrollLeft -= around.left - own.left;
}
