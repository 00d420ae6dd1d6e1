import type { FastifyInstance } from 'fastify';

/**
 * Refuses other verbs than an address takes by 405, with those that it takes in Allow (RFC 9110 15.5.6), before a body is
 * read. To be called before the routes are made.
 */
export function refuseOtherVerbs(server: FastifyInstance): void {
  const routes: { readonly path: RegExp; readonly verbs: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ path: toPattern(url), verbs: [method].flat() });
  });
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404 || request.method === 'GET' || request.method === 'HEAD') return;
    const [path = ''] = request.url.split('?', 1);
    const verbs = new Set(routes.filter((route) => route.path.test(path)).flatMap((route) => route.verbs));
    if (verbs.size === 0 || verbs.has(request.method)) return;
    const allow = [...verbs].sort().join(', ');
    return reply
      .code(405)
      .header('allow', allow)
      .send({ error: 'method_not_allowed', message: `the methods of this address are ${allow}` });
  });
}

/** A path of a route as an expression: `:name` for a part, `*` at its end for all that follows. */
function toPattern(url: string): RegExp {
  const parts = url
    .replace(/\/?\*$/, '')
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}${url.endsWith('*') ? '(?:/.*)?' : '/?'}$`);
}
