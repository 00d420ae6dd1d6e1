import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

/** A line of a menu: something to do, one of several choices, or words alone. */
export type MenuItem = {
  readonly key: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly is_chosen?: boolean;
  readonly go?: () => void;
};

/** What the focus stops at. */
const LINE = '[role="menu"] button:not([aria-disabled="true"])';
/** How far each key moves the focus among the lines. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** A button of the header that opens a menu below it. Arrow keys move in it, Escape closes it. */
export function Menu({ label, button, items }: { label?: string; button: ReactNode; items: readonly MenuItem[] }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const linesOf = () => [...(place.current?.querySelectorAll<HTMLElement>(LINE) ?? [])];
  const close = () => {
    setOpen(false);
    place.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    place.current?.querySelector<HTMLElement>(LINE)?.focus();
    const leave = ({ target }: Event) => place.current?.contains(target as Node) || setOpen(false);
    addEventListener('pointerdown', leave);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.key === 'Escape') close();
    if (step === undefined) return;
    event.preventDefault();
    const lines = linesOf();
    lines.at((lines.indexOf(document.activeElement as HTMLElement) + step) % lines.length)?.focus();
  };
  return (
    <div ref={place} className="console-menu">
      <button
        type="button"
        className="console-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div role="menu" tabIndex={-1} onKeyDown={onKeyDown}>
          {items.map((item) => (
            <Line key={item.key} item={item} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

function Line({ item: { label, icon, is_chosen, go }, close }: { item: MenuItem; close: () => void }) {
  const press = () => {
    close();
    go?.();
  };
  const inside = (
    <>
      {icon}
      {label}
    </>
  );
  if (is_chosen === undefined)
    return (
      <button type="button" role="menuitem" tabIndex={-1} aria-disabled={go === undefined} onClick={press}>
        {inside}
      </button>
    );
  return (
    <button type="button" role="menuitemradio" tabIndex={-1} aria-checked={is_chosen} onClick={press}>
      {inside}
    </button>
  );
}
