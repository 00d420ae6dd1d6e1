import { expressionsOf, type Sample } from './call.ts';
import { scriptKey, scriptLiteral } from './text.ts';

/** A call in Node.js 18 or later without packages. */
export const nodeSample: Sample = (call) => {
  const members = expressionsOf(call, scriptLiteral, 'now').map(([name, value]) => `  ${scriptKey(name)}: ${value},`);
  return `// Node.js 18 or later: node call.mjs
import { createHmac } from 'node:crypto';

const url = ${scriptLiteral(call.url)};
const secret = ${scriptLiteral(call.secret)};

// The platform's time is GMT+8 whatever the zone of this machine.
const now = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ');

const parameters = {
${members.join('\n')}
};

// Names in order and their values joined without separators,
// HMAC-SHA256 with the app's secret, hexadecimal in capitals.
const base = Object.keys(parameters)
  .sort()
  .map((name) => name + parameters[name])
  .join('');
parameters.sign = createHmac('sha256', secret).update(base, 'utf8').digest('hex').toUpperCase();

const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
console.log(await answer.text());
`;
};
