import { type ReactNode, useEffect, useRef } from 'react';

type DialogProps = {
  open: boolean;
  close: () => void;
  /** What it is, for those who cannot see it. */
  label: string;
  className: string;
  children: ReactNode;
};

/** A dialog above the page; Escape and a press beside it close it. */
export function Dialog({ open, close, label, className, children }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = place.current;
    if (!open || dialog === null) return;
    dialog.showModal();
    const leave = ({ target }: Event) => target === dialog && dialog.close();
    dialog.addEventListener('pointerdown', leave);
    return () => {
      dialog.removeEventListener('pointerdown', leave);
      dialog.close();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog ref={place} aria-label={label} className={`console-dialog ${className}`} onClose={close}>
      {children}
    </dialog>
  );
}
