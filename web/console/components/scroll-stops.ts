import { useEffect } from 'react';
import { useLabels } from '../language.tsx';

const SCROLLERS = '.console-table, .ant-table-content, .ant-table-body';

/** Makes what scrolls a stop of the Tab key, so that the arrow keys can move it; what fits is none. */
function mark(label: string): void {
  for (const each of document.querySelectorAll<HTMLElement>(SCROLLERS)) {
    const scrolls = each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight;
    if (scrolls === each.hasAttribute('tabindex') && each.getAttribute('aria-label') === (scrolls ? label : null))
      continue;
    if (!scrolls) for (const name of ['tabindex', 'role', 'aria-label']) each.removeAttribute(name);
    else {
      each.tabIndex = 0;
      each.setAttribute('role', 'group');
      each.setAttribute('aria-label', label);
    }
  }
}

/** Keeps every table of the document that scrolls inside reachable by keyboard, also those of drawers; the library does not. */
export function useScrollStops(): void {
  const label = useLabels()({ zh: '表格，用方向键滚动', en: 'Table, scrolled by the arrow keys' });
  useEffect(() => {
    let asked = 0;
    const ask = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => mark(label));
    };
    const changes = new MutationObserver(ask);
    changes.observe(document.body, { childList: true, subtree: true });
    const sizes = new ResizeObserver(ask);
    sizes.observe(document.body);
    return () => {
      cancelAnimationFrame(asked);
      changes.disconnect();
      sizes.disconnect();
    };
  }, [label]);
}
