import { all, make, pageTexts } from './dom.ts';
import { words } from './labels.ts';

const SHOWN_MS = 1600;

/** A button that puts a text on the clipboard and says so. */
export function copyButton(text: () => string): HTMLButtonElement {
  const button = make('button', { type: 'button', class: 'copy', 'aria-live': 'polite' }, pageTexts.copy);
  button.addEventListener('click', async () => {
    const done = await write(text()).then(
      () => words.copied,
      () => words.copyFailed,
    );
    button.textContent = done;
    setTimeout(() => {
      button.textContent = pageTexts.copy;
    }, SHOWN_MS);
  });
  return button;
}

/** Browsers have a clipboard on https and loopback addresses alone. */
const write = async (text: string): Promise<void> => {
  if (navigator.clipboard === undefined) throw new Error('no clipboard');
  await navigator.clipboard.writeText(text);
};

/** Gives every block of code of the page its button, and every name that readers copy. */
export function addCopyButtons(): void {
  for (const name of all('[data-copy]')) name.after(copyButton(() => name.textContent));
  for (const block of all('.code')) block.append(copyButton(() => block.querySelector('pre')?.textContent ?? ''));
}
