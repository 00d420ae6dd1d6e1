/** A form that is open, at its place in the browser's history. */
type Held = {
  /** Whether something was filled in. */
  readonly isFilled: () => boolean;
  /** Asks whether that is given up to go back. */
  readonly ask: () => void;
  readonly state: unknown;
  readonly href: string;
};

const forms = new Set<Held>();
const halfFilled = (): Held | undefined => [...forms].find(({ isFilled }) => isFilled());

/**
 * Has a form of this page looked after while it is open.
 * @returns what ends it
 */
export function hold({ isFilled, ask }: Pick<Held, 'isFilled' | 'ask'>): () => void {
  const form = { isFilled, ask, state: history.state, href: location.href };
  forms.add(form);
  return () => forms.delete(form);
}

/** Whether a form stands half-filled: what would lead away from its page has to wait. */
export const isHeld = (): boolean => halfFilled() !== undefined;

/**
 * Keeps the browser on the page of a half-filled form: going back asks first, and the browser itself asks before it loads
 * another page. To be called before the router listens, which would show the other page.
 */
export function watchLeaving(): void {
  addEventListener('popstate', (event) => {
    const form = halfFilled();
    if (form === undefined) return;
    event.stopImmediatePropagation();
    history.pushState(form.state, '', form.href);
    form.ask();
  });
  addEventListener('beforeunload', (event) => isHeld() && event.preventDefault());
}
