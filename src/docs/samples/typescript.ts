import type { Sample, SampleCall } from './call.ts';
import { scriptKey, scriptLiteral } from './text.ts';

const WIDTH = 80;

/** A call by the platform's own SDK, which signs. */
export const typescriptSample: Sample = (call) => {
  const session = call.session ? `\n  session: ${scriptLiteral(call.session)},` : '';
  return `// With the package piaoquan, which \`npm pack ./dist/sdk\` makes in the platform's folder:
// npm install ./piaoquan-0.1.0.tgz
// Node.js 22.18 or later, Deno and Bun run this file; Node.js 20 does as call.mjs.
import { createClient } from 'piaoquan/sdk';

const client = createClient({
  url: ${scriptLiteral(call.url)},
  app_key: ${scriptLiteral(call.app_key)},
  secret: ${scriptLiteral(call.secret)},${session}
});

const answer = await client.call(${scriptLiteral(call.method)}, ${literalOf(call.request ?? nested(call.parameters), '')});
console.log(answer);
`;
};

/** Objects and lists of them as values in place of their JSON text, where the SDK makes the very same text of them. */
const nested = (parameters: SampleCall['parameters']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, nestedValue(text)]));

function nestedValue(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[{')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

/** A nested value as an expression, on one line where it fits. */
function literalOf(value: unknown, indent: string): string {
  if (typeof value === 'string') return scriptLiteral(value);
  if (value instanceof Date) return `new Date('${gmt8(value)}+08:00')`;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => literalOf(item, inner))
    : Object.entries(value).map(([name, member]) => `${scriptKey(name)}: ${literalOf(member, inner)}`);
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  if (parts.length === 0) return open + close;
  const flat = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (flat.length + indent.length <= WIDTH && !flat.includes('\n')) return flat;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

const gmt8 = (instant: Date): string => new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 19);
