import { readFileSync } from 'node:fs';
import fastify from 'fastify';

/**
 * The baseline: a fastify server whose routes return fixed bytes and do nothing else. Reads `{path: {type, text}}` from
 * the file named as first argument and prints its port.
 */
const answers = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Record<
  string,
  { type: string; text: string }
>;
const server = fastify();
for (const [path, { type, text }] of Object.entries(answers))
  server.get(path, (_request, reply) => reply.header('content-type', type).send(text));
await server.listen({ port: 0 });
process.stdout.write(`${(server.server.address() as { port: number }).port}\n`);
