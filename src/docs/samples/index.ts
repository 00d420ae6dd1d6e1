import type { Sample, SampleCall } from './call.ts';
import { cppSample } from './cpp.ts';
import { curlSample } from './curl.ts';
import { dotnetSample } from './dotnet.ts';
import { javaSample } from './java.ts';
import { nodeSample } from './node.ts';
import { phpSample } from './php.ts';
import { pythonSample } from './python.ts';
import { typescriptSample } from './typescript.ts';

export type { SampleCall };

/** The languages of the samples, in the order of TOP's pages and then our SDK; `file` is what to save a sample as. */
export const sampleLanguages = [
  { id: 'java', label: 'Java', file: 'Call.java' },
  { id: 'dotnet', label: '.NET', file: 'Program.cs' },
  { id: 'php', label: 'PHP', file: 'call.php' },
  { id: 'curl', label: 'cURL', file: 'call.sh' },
  { id: 'python', label: 'Python', file: 'call.py' },
  { id: 'cpp', label: 'C/C++', file: 'call.cpp' },
  { id: 'node', label: 'Node.js', file: 'call.mjs' },
  { id: 'typescript', label: 'TypeScript', file: 'call.ts' },
] as const;

/** Names a language of the samples. */
export type SampleId = (typeof sampleLanguages)[number]['id'];

const samples: Readonly<Record<SampleId, Sample>> = {
  java: javaSample,
  dotnet: dotnetSample,
  php: phpSample,
  curl: curlSample,
  python: pythonSample,
  cpp: cppSample,
  node: nodeSample,
  typescript: typescriptSample,
};

/**
 * A complete program that makes the call and prints the answer, with the language's own standard library: it signs by
 * HMAC-SHA256 (TOP protocol 4) and takes the time in GMT+8 whatever the machine's zone. Runs in a browser too.
 */
export const sampleOf = (id: SampleId, call: SampleCall): string => samples[id](call);
