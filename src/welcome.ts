import type { Config } from './config.ts';
import { LINK_HOURS } from './console/operator-links.ts';
import { DEMO } from './demo.ts';
import { isLoopback } from './gateway/http/own-hosts.ts';
import { signedParameters } from './sdk/request.ts';
import { encodeForm } from './wire/form.ts';

/**
 * What a server says when it is ready: where it is, the link that makes the console's first owner when there is none,
 * and in a sandbox the demo credentials and a signed call to paste.
 * @param elapsed milliseconds from the start of the process to now
 */
export function welcome(
  config: Pick<Config, 'sandbox' | 'host'>,
  server: { url: string; dataFolder: string | undefined; setupToken: string | undefined },
  elapsed: number,
  now: Date,
): string {
  const seconds = (elapsed / 1000).toFixed(1);
  if (!config.sandbox) {
    const ready = `Piaoquan 票券 serves ${server.url}/router/rest (ready in ${seconds} s)\n`;
    // After the # it goes neither into logs of proxies nor to other sites.
    const link = `${server.url}/console/setup#${server.setupToken}`;
    return server.setupToken === undefined
      ? ready
      : `${ready}The console has no owner yet. Make one within ${LINK_HOURS} hours, by this link, once: ${link}\n`;
  }
  const data = server.dataFolder === undefined ? 'your own PostgreSQL (DATABASE_URL)' : server.dataFolder;
  return `
Piaoquan 票券 sandbox is ready (${seconds} s)

  Documents    ${server.url}/
  Console      ${server.url}/console/
  Gateway      ${server.url}/router/rest
  Batch        ${server.url}/router/batch
  Authorise    ${server.url}/authorize
  App key      ${DEMO.app_key}
  App secret   ${DEMO.secret}
  Session      ${DEMO.session_key}
  Data         ${data}

Try it (the signature is good for ten minutes):

  curl '${exampleUrl(server.url, now)}'

${warning(config.host)}Stop with Ctrl-C.
`;
}

/** Whoever reaches a sandbox may do everything with it. */
function warning(host: string): string {
  if (isLoopback(host)) return '';
  return `Warning: HOST=${host} lets other machines in, and this sandbox's secrets are public. Keep it in a network that you
trust. Its console and tool answer there only to the names that PIAOQUAN_HOSTS lists.

`;
}

function exampleUrl(url: string, now: Date): string {
  const parameters = signedParameters(
    { app_key: DEMO.app_key, secret: DEMO.secret, format: 'json' },
    'taobao.film.lottery.performance.config.query',
    { performance_query_config_param: { spread_id: 'prizePool_open', platform: 8 } },
    now,
  );
  // A quote inside would end the shell's quoted text.
  return `${url}/router/rest?${encodeForm(parameters).replaceAll("'", '%27')}`;
}
