import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { chosenOf } from '../wire/preferences.ts';
import { cookieOf } from './cookies.ts';

/** Scripts come from here alone; the component library writes its styles into the page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const THEMES: ReadonlySet<string> = new Set(['light', 'dark']);
/** The page's first question, asked along with its code. */
const WHO_IS_IN = '<link rel="preload" as="fetch" crossorigin href="/console/api/me">';
const NOT_BUILT =
  'The console is not built. Run npm run build, then start again.\n控制台尚未构建：请运行 npm run build 后重新启动。\n';

/**
 * Serves the one page of the operators' console at `/console` and below it, where the page itself finds its way; its
 * routes are `/console/api/*`. It is marked `data-sandbox` in a sandbox, `data-session` for a browser that believes to be
 * logged in, and `data-theme` with the theme that its reader chose.
 * @param webFolder folder of the built pages
 * @param sandbox whether the page is to offer the sandbox's login by one click
 */
export function serveConsolePage(server: FastifyInstance, webFolder: string, sandbox: boolean): void {
  const file = join(webFolder, 'console', 'index.html');
  for (const url of ['/console', '/console/*'])
    server.get(url, async (request, reply) => {
      const page = await readFile(file, 'utf8').catch(() => undefined);
      if (page === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
      const hasSession = cookieOf(request) !== undefined;
      const theme = chosenOf(request.headers, 'theme') ?? '';
      const marks = [
        sandbox && 'data-sandbox',
        hasSession && 'data-session',
        THEMES.has(theme) && `data-theme="${theme}"`,
      ].filter(Boolean);
      const head = hasSession ? `${WHO_IS_IN}</head>` : '</head>';
      return reply
        .headers({
          'content-security-policy': POLICY,
          'cache-control': 'no-cache',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'same-origin',
          // The gate check page reads codes with the camera.
          'permissions-policy': 'camera=(self)',
        })
        .type('text/html; charset=utf-8')
        .send(page.replace('<html', ['<html', ...marks].join(' ')).replace('</head>', head));
    });
}
