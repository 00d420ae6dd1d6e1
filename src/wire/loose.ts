/** One token of an answer in XML: a tag, or what stands between two. */
const TOKEN = /<(\/?)([^\s/>]+)[^>]*?(\/?)>|([^<]+)/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

type Open = { readonly name: string; text: string; readonly members: Record<string, unknown> };

/**
 * An answer in any spelling as objects, lists and texts, for who has not the contract: what wraps it stays, and a list of
 * one item in XML cannot be told from that item. Undefined for a text that is no answer.
 */
export function readLoosely(text: string): unknown {
  if (text.startsWith('<')) return readXml(text);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readXml(text: string): unknown {
  const top: Open = { name: '', text: '', members: {} };
  const open = [top];
  for (const [, slash, name, isEmpty, between] of text.matchAll(TOKEN)) {
    const inner = open.at(-1) as Open;
    if (between !== undefined) inner.text += between;
    else if (name?.startsWith('?')) continue;
    else if (slash === '') {
      open.push({ name: name as string, text: '', members: {} });
      if (isEmpty !== '') close(open);
    } else close(open);
    if (open.length === 0) return undefined;
  }
  return open.length === 1 ? top.members : undefined;
}

/** Puts the innermost element into the one around it. */
function close(open: Open[]): void {
  const { name, text, members } = open.pop() as Open;
  const around = open.at(-1);
  if (around === undefined) return;
  const value = Object.keys(members).length === 0 ? plain(text) : members;
  const known = around.members[name];
  around.members[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
}

const plain = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) =>
    name === undefined
      ? String.fromCodePoint(
          Math.min(Number.parseInt(decimal ?? hexadecimal, decimal === undefined ? 16 : 10), 0x10ffff),
        )
      : (ENTITIES[name] ?? whole),
  );
