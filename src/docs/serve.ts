import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Contract } from '../contract/method.ts';
import { safeHost } from '../wire/host.ts';
import { acceptsGzip, chosenOf, languageOf } from '../wire/preferences.ts';
import { guides } from './guides/index.ts';
import type { Language } from './labels.ts';
import { layout, type Theme } from './layout.ts';
import { llmsTxt } from './llms.ts';
import { openApi } from './openapi.ts';
import { pageOf } from './pages/index.ts';
import { notFoundPage } from './pages/not-found.ts';
import { type DemoCredentials, type Guide, gatewayUrl, type Site, type View } from './pages/site.ts';
import { type PostmanVariables, postmanCollection } from './postman.ts';
import { searchIndex } from './search.ts';

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
type Packed = {
  readonly gzip: Buffer;
  readonly etag: string;
  /** The same unpacked, while somebody is sent it. */
  plain?: WeakRef<Buffer>;
  unpacking?: Promise<Buffer> | undefined;
};

/** A page made once for all origins, and the last origin that was filled in. */
type Kept = { readonly page: Promise<Packed>; filled?: { readonly origin: string; readonly page: Promise<Packed> } };

/** Most pages kept ready; each is some 20 KB packed. */
const MOST_PAGES = 600;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Stands in pages for the origin by which their reader came. No host bears a name below `.invalid` (RFC 6761 6.4). */
const ANY_ORIGIN = 'http://origin.invalid';
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
    if (pageFor(site, keep, request, 'zh', wish) !== undefined)
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
        keep(`search ${language}`, ANY_ORIGIN, () => JSON.stringify(searchIndex(site, language))),
      ),
    );
  const file = (path: string, type: string, make: (view: View) => string) =>
    server.get(path, (request, reply) => {
      const view = viewOf(site, request.url.endsWith('?lang=zh') ? 'zh' : 'en', path);
      return send(
        request,
        reply,
        type,
        keep(JSON.stringify([view.language, path]), originOf(request), () => make(view)),
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

/** A text by its key, for an origin; made when it is not there. Undefined when there is none to make. */
type Cache = {
  (key: string, origin: string, make: () => string): Promise<Packed>;
  (key: string, origin: string, make: () => string | undefined): Promise<Packed> | undefined;
};

/**
 * Keeps packed texts by key; the one that was made first goes when there are too many. A text is made once, whatever the
 * origins by which readers come: anyone can name another host, so that costs no more than filling it in.
 */
function openCache(): Cache {
  const kept = new Map<string, Kept>();
  const keep = (key: string, origin: string, make: () => string | undefined): Promise<Packed> | undefined => {
    const found = kept.get(key);
    if (found !== undefined) return fillIn(found, origin);
    const text = make();
    if (text === undefined) return undefined;
    const oldest = kept.keys().next();
    if (kept.size >= MOST_PAGES && !oldest.done) kept.delete(oldest.value);
    const made: Kept = { page: packText(text, origin === ANY_ORIGIN ? {} : FAST) };
    kept.set(key, made);
    return fillIn(made, origin);
  };
  return keep as Cache;
}

/** The page for an origin. Who comes first has it packed well, who names another quickly. */
function fillIn(kept: Kept, origin: string): Promise<Packed> {
  const { page, filled } = kept;
  if (filled?.origin === origin) return filled.page;
  kept.filled = { origin, page: fill(page, origin, filled === undefined ? {} : FAST) };
  return kept.filled.page;
}

async function fill(page: Promise<Packed>, origin: string, how: ZlibOptions): Promise<Packed> {
  if (origin === ANY_ORIGIN) return page;
  const text = await unpack((await page).gzip);
  return packText(text.toString().replaceAll(ANY_ORIGIN, origin), how);
}

const FAST: ZlibOptions = { level: 1 };

async function packText(text: string, how: ZlibOptions = {}): Promise<Packed> {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  return { gzip: await pack(text, how), etag };
}

/** A page unpacked. All who are sent it share one copy, however slowly they read. */
function plainOf(page: Packed): Buffer | Promise<Buffer> {
  const kept = page.plain?.deref();
  if (kept !== undefined) return kept;
  page.unpacking ??= unpack(page.gzip).then((bytes) => {
    page.plain = new WeakRef(bytes);
    page.unpacking = undefined;
    return bytes;
  });
  return page.unpacking;
}

/** The page at an address; undefined when there is none. */
function pageFor(
  site: Site,
  keep: Cache,
  request: FastifyRequest,
  language: Language,
  path: string,
): Promise<Packed> | undefined {
  const theme = themeOf(request);
  return keep(JSON.stringify([language, path, theme]), originOf(request), () => {
    const view = viewOf(site, language, path);
    const page = pageOf(view);
    return page && layout(view, page, theme);
  });
}

function show(
  site: Site,
  keep: Cache,
  request: FastifyRequest,
  reply: FastifyReply,
  language: Language,
  path: string,
): Promise<FastifyReply> {
  reply.header('content-security-policy', POLICY).header('referrer-policy', 'same-origin');
  const type = 'text/html; charset=utf-8';
  const page = pageFor(site, keep, request, language, path);
  if (page !== undefined) return send(request, reply, type, page);
  // Kept by nothing: there is no end of addresses that lead nowhere.
  const text = layout(viewOf(site, language, ''), notFoundPage(viewOf(site, language, path)), themeOf(request));
  return send(request, reply.code(404), type, packText(text));
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  packed: Promise<Packed>,
): Promise<FastifyReply> {
  const page = await packed;
  const { gzip: bytes, etag } = page;
  reply
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-encoding, accept-language, cookie')
    .header('etag', etag);
  if (reply.statusCode === 200 && request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(await plainOf(page));
  return reply.header('content-encoding', 'gzip').send(bytes);
}

const viewOf = (site: Site, language: Language, path: string): View => ({ site, language, path, origin: ANY_ORIGIN });

const originOf = (request: FastifyRequest): string => `${request.protocol}://${safeHost(request.host) || 'localhost'}`;

function themeOf(request: FastifyRequest): Theme {
  const chosen = chosenOf(request.headers, 'theme');
  return chosen === 'dark' || chosen === 'light' ? chosen : 'auto';
}
