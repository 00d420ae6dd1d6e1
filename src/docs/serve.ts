import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Contract } from '../contract/method.ts';
import { acceptsGzip, chosenOf, languageOf } from '../wire/preferences.ts';
import { guides } from './guides/index.ts';
import { layout, type Theme } from './layout.ts';
import { llmsTxt } from './llms.ts';
import { openApi } from './openapi.ts';
import { pageOf } from './pages/index.ts';
import { notFoundPage } from './pages/not-found.ts';
import { type DemoCredentials, type Guide, gatewayUrl, type Site, type View } from './pages/site.ts';
import { type PostmanVariables, postmanCollection } from './postman.ts';
import { searchIndex } from './search.ts';
import type { Language } from './words.ts';

/** What the documentation centre is made of. */
export type DocsParts = {
  /** The methods to document, in order. */
  readonly contracts: readonly Contract[];
  /** The sandbox's public credentials; absent in production. */
  readonly demo: DemoCredentials | undefined;
  /** Folder of the built scripts and styles; pages say what to run when it is missing. */
  readonly webFolder: string;
};

/** A text packed for sending. */
type Packed = { readonly gzip: Buffer; readonly etag: string };

/** Most pages kept ready; each is some 20 KB packed. */
const MOST_PAGES = 600;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HASHED = /-[\w-]{8}\.\w+$/;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/**
 * Serves the documentation centre: `/` in the reader's language, `/zh/…` and `/en/…`, the search index of each, the
 * built assets, and a page for every address that leads nowhere.
 */
export function serveDocs(server: FastifyInstance, { contracts, demo, webFolder }: DocsParts): void {
  const script = join(webFolder, 'assets/docs.js');
  const built = existsSync(script);
  const chunks = built ? chunksOf(script) : [];
  const site: Site = { contracts, demo, built, chunks, guides: readGuides() };
  const keep = openCache();
  if (built) serveAssets(server, join(webFolder, 'assets'));
  else server.log.warn('the pages have no styles and scripts: run npm run build, then start again');
  serveFiles(server, site, keep);
  // Browsers ask here for pages that name no icon, such as those of /authorize.
  server.get('/favicon.ico', (_request, reply) => reply.redirect('/assets/icon.svg', 301));
  server.get('/', (request, reply) => show(site, keep, request, reply, languageOf(request.headers), '/'));
  server.get('/*', (request, reply) => {
    const [path = ''] = request.url.split('?');
    const [, language, rest = ''] = /^\/(zh|en)(\/.*)?$/.exec(path) ?? [];
    const wish = (language === undefined ? path : rest).replace(/(?<=.)\/$/, '') || '/';
    if (language !== undefined) return show(site, keep, request, reply, language as Language, wish);
    if (pageOf(viewOf(site, request, 'zh', wish)) !== undefined)
      return reply.header('vary', 'accept-language, cookie').redirect(`/${languageOf(request.headers)}${path}`, 302);
    if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return reply.callNotFound();
    return show(site, keep, request, reply, languageOf(request.headers), wish);
  });
}

/** What machines read: the search index in each language, and the exports, in English unless `?lang=zh` asks otherwise. */
function serveFiles(server: FastifyInstance, site: Site, keep: Cache): void {
  const json = 'application/json; charset=utf-8';
  for (const language of ['zh', 'en'] as const)
    server.get(`/search.${language}.json`, (request, reply) =>
      send(
        request,
        reply,
        json,
        keep(`search ${language}`, () => JSON.stringify(searchIndex(site, language))),
      ),
    );
  const file = (path: string, type: string, make: (view: View) => string) =>
    server.get(path, (request, reply) => {
      const view = viewOf(site, request, request.url.endsWith('?lang=zh') ? 'zh' : 'en', path);
      return send(
        request,
        reply,
        type,
        keep(JSON.stringify([view.origin, view.language, path]), () => make(view)),
      );
    });
  const { contracts } = site;
  file('/openapi.json', json, ({ origin, language }) => JSON.stringify(openApi(contracts, origin, language)));
  file('/postman.json', json, (view) => JSON.stringify(postmanCollection(contracts, variablesOf(view), view.language)));
  file('/llms.txt', 'text/plain; charset=utf-8', ({ origin }) => llmsTxt(contracts, guides, origin));
}

function variablesOf(view: View): PostmanVariables {
  const { app_key = '', secret = '', session_key = '' } = view.site.demo ?? {};
  return { url: gatewayUrl(view), app_key, secret, session: session_key };
}

function readGuides(): Guide[] {
  const read = (slug: string, language: Language) =>
    readFileSync(new URL(`./guides/${language}/${slug}.md`, import.meta.url), 'utf8');
  return guides.map((guide) => ({ ...guide, markdown: { zh: read(guide.slug, 'zh'), en: read(guide.slug, 'en') } }));
}

/** What a built script imports; a browser learns of it only when it has read the script. */
const chunksOf = (script: string): string[] =>
  [...readFileSync(script, 'utf8').matchAll(/\bfrom\s*["']\.\/([\w.-]+\.js)["']/g)].map(([, name]) => name as string);

function serveAssets(server: FastifyInstance, root: string): void {
  server.register(fastifyStatic, {
    root,
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      // What bears a hash in its name never changes; the rest is asked for again and mostly answered by 304.
      reply.header('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      reply.header('x-content-type-options', 'nosniff');
    },
  });
}

type Cache = (key: string, make: () => string) => Promise<Packed>;

/** Keeps packed texts by key; the one that was made first goes when there are too many. */
function openCache(): Cache {
  const kept = new Map<string, Promise<Packed>>();
  return (key, make) => {
    const found = kept.get(key);
    if (found !== undefined) return found;
    const oldest = kept.keys().next();
    if (kept.size >= MOST_PAGES && !oldest.done) kept.delete(oldest.value);
    const packed = packText(make());
    kept.set(key, packed);
    return packed;
  };
}

async function packText(text: string): Promise<Packed> {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  return { gzip: await pack(text), etag };
}

function show(
  site: Site,
  keep: Cache,
  request: FastifyRequest,
  reply: FastifyReply,
  language: Language,
  path: string,
): Promise<FastifyReply> {
  const view = viewOf(site, request, language, path);
  const page = pageOf(view);
  const theme = themeOf(request);
  reply.header('content-security-policy', POLICY).header('referrer-policy', 'same-origin');
  const type = 'text/html; charset=utf-8';
  if (page === undefined) {
    // Kept by nothing: there is no end of addresses that lead nowhere.
    const text = layout({ ...view, path: '' }, notFoundPage(view), theme);
    return send(request, reply.code(404), type, packText(text));
  }
  const key = JSON.stringify([view.origin, language, path, theme]);
  return send(
    request,
    reply,
    type,
    keep(key, () => layout(view, page, theme)),
  );
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  packed: Promise<Packed>,
): Promise<FastifyReply> {
  const { gzip: bytes, etag } = await packed;
  reply
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-encoding, accept-language, cookie')
    .header('etag', etag);
  if (reply.statusCode === 200 && request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(await unpack(bytes));
  return reply.header('content-encoding', 'gzip').send(bytes);
}

function viewOf(site: Site, request: FastifyRequest, language: Language, path: string): View {
  // A name that no host can bear comes from nobody who means well.
  const host = /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost';
  return { site, language, path, origin: `${request.protocol}://${host}` };
}

function themeOf(request: FastifyRequest): Theme {
  const chosen = chosenOf(request.headers, 'theme');
  return chosen === 'dark' || chosen === 'light' ? chosen : 'auto';
}
