/** How pasted parameters are written. */
export type PastedForm = 'empty' | 'json' | 'query' | 'lines';

/** Parameters read from a pasted text, or the line (from 1) that cannot be read; 0 when it is no single line. */
export type Pasted = {
  readonly form: PastedForm;
  readonly parameters: ReadonlyMap<string, string>;
  readonly problemLine?: number;
};

const LINE = /^\s*([^\s=:]+)(?:\s*=|\s*:[ \t]?|[ \t]+)(.*)$/;

/**
 * Reads parameters that were pasted as a JSON object, a query string or URL, or lines `name=value`. Values of a query
 * string are decoded; those of lines are taken as they stand; what is no text in JSON is written as JSON, as the SDK
 * sends it.
 */
export function readPasted(text: string): Pasted {
  const trimmed = text.trim();
  if (trimmed === '') return { form: 'empty', parameters: new Map() };
  if (trimmed.startsWith('{')) return readJson(trimmed);
  if (!trimmed.includes('\n') && /^(https?:\/\/|\?)|&/.test(trimmed)) return readQuery(trimmed);
  return readLines(text);
}

function readJson(text: string): Pasted {
  try {
    const members = Object.entries(JSON.parse(text) as Record<string, unknown>);
    const spelled = members.map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    );
    return { form: 'json', parameters: new Map(spelled) };
  } catch {
    return { form: 'json', parameters: new Map(), problemLine: 0 };
  }
}

function readQuery(text: string): Pasted {
  const query = text.slice(text.indexOf('?') + 1).replace(/#.*$/, '');
  return { form: 'query', parameters: new Map(new URLSearchParams(query)) };
}

function readLines(text: string): Pasted {
  const parameters = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined) return { form: 'lines', parameters, problemLine: index + 1 };
    parameters.set(name, value as string);
  }
  return { form: 'lines', parameters };
}
