import type { LiveFigures, LiveStock } from '../../../../src/console/live.ts';

/** Who is told of the live figures. */
export type Listener = {
  readonly onFigures: (figures: LiveFigures) => void;
  readonly onStock: (stock: LiveStock) => void;
  /** The stream is lost; another one is opened shortly. */
  readonly onLost: () => void;
};

/** Waits before the first, second … attempt to open the stream again; the last is used from then on. */
const RETRY_MS = [1000, 2000, 5000, 10_000];
/** Figures come every second: a stream that is silent for longer is as good as lost, whatever the browser believes. */
const SILENCE_MS = 10_000;

/**
 * Listens to `/console/api/live` and opens it again whenever it is lost. The browser's own reconnecting is not enough: it
 * gives up on a refusal and does not notice silence.
 * @returns what ends the listening
 */
export function openStream({ onFigures, onStock, onLost }: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  const wait = (then: () => void, milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(then, milliseconds);
  };
  const lose = () => {
    source?.close();
    onLost();
    wait(open, RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)] as number);
  };
  const hear = <T>(name: string, tell: (data: T) => void) =>
    source?.addEventListener(name, ({ data }: MessageEvent<string>) => {
      attempts = 0;
      wait(lose, SILENCE_MS);
      tell(JSON.parse(data) as T);
    });
  function open(): void {
    source = new EventSource('/console/api/live');
    wait(lose, SILENCE_MS);
    hear('figures', onFigures);
    hear('stock', onStock);
    source.addEventListener('end', lose);
    source.addEventListener('error', lose);
  }
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
