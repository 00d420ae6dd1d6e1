/** A code that stays before the camera counts once: it must be out of sight so long before it counts again. */
const OUT_OF_SIGHT_MS = 2000;

/**
 * Tells codes that come newly before the camera from those that stay there.
 * @returns a function of each look, its text or undefined and its epoch ms, that gives the text when it counts
 */
export function createNovelty(): (text: string | undefined, at: number) => string | undefined {
  let last = { text: '', at: 0 };
  return (text, at) => {
    if (text === undefined || text === '') return undefined;
    const isNew = text !== last.text || at - last.at > OUT_OF_SIGHT_MS;
    last = { text, at };
    return isNew ? text : undefined;
  };
}
