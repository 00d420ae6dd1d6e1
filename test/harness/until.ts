import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is right; fails with the last answer after a minute, which only a fault takes. */
export async function until<T>(ask: () => Promise<T> | T, right: (answer: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain; the last answer was ${JSON.stringify(answer)}`);
    await sleep(25);
  }
}
