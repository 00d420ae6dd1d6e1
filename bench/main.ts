import { benchCalls } from './calls.ts';
import { benchCodes } from './codes.ts';
import { benchConsole } from './console.ts';
import { benchDocs } from './docs.ts';
import { benchGateway } from './gateway.ts';
import { benchOverload } from './overload.ts';
import { benchStock } from './stock.ts';

const benchmarks: Record<string, () => Promise<void>> = {
  gateway: benchGateway,
  stock: benchStock,
  codes: benchCodes,
  calls: benchCalls,
  console: benchConsole,
  overload: benchOverload,
  docs: benchDocs,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 1;
} else for (const name of names.length > 0 ? names : Object.keys(benchmarks)) await benchmarks[name]?.();
