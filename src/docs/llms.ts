import type { Contract } from '../contract/method.ts';
import type { GuideEntry } from './guides/index.ts';
import { categories, usedCategories } from './pages/categories.ts';

/**
 * The index of the documentation for language models, by the convention of llmstxt.org: title, summary, what to know
 * first, and lists of links. Administration stands under `Optional`, which readers short of room leave out.
 * @param origin where the server is reached, e.g. `http://127.0.0.1:7001`
 */
export function llmsTxt(contracts: readonly Contract[], guides: readonly GuideEntry[], origin: string): string {
  const offered = usedCategories(contracts).filter((category) => category !== 'admin');
  const methodsOf = (category: string) => contracts.filter((contract) => contract.category === category);
  const sections = [
    section(
      'Guides',
      guides.map(({ slug, title, summary }) => link(title.en, `${origin}/en/guides/${slug}`, summary.en)),
    ),
    section('Reference', [
      link('Error codes', `${origin}/en/errors`, 'every platform and business error with cause and remedy'),
      link('OpenAPI 3.1', `${origin}/openapi.json`, 'all methods with their schemas'),
      link('Postman collection', `${origin}/postman.json`, 'all methods as signed requests'),
    ]),
    ...offered.map((category) =>
      section(
        categories[category].title.en,
        methodsOf(category).map((contract) => methodLink(contract, origin)),
      ),
    ),
    section('Optional', [
      link('中文文档', `${origin}/zh/`, 'the same documentation in Chinese'),
      ...methodsOf('admin').map((contract) => methodLink(contract, origin)),
    ]),
  ];
  return `${ABOUT}\n${sections.join('\n')}`;
}

const section = (title: string, links: readonly string[]): string => `## ${title}\n\n${links.join('\n')}\n`;
const link = (name: string, url: string, notes: string): string => `- [${name}](${url}): ${notes}`;
const methodLink = ({ name, title, purpose, session }: Contract, origin: string): string =>
  link(
    name,
    `${origin}/en/api/${name}`,
    `${title.en}. ${purpose.en}${session === 'required' ? ' Needs a session.' : ''}`,
  );

const ABOUT = `# Piaoquan 票券

> An open platform for lottery prizes, voucher codes, event tickets, giveaways and coupons. It speaks the Taobao Open Platform (TOP) protocol over HTTP, with live exact stock behind every method.

How a call is made:

- Every call goes to \`/router/rest\` by GET or POST (form or multipart); the parameter \`method\` names the method.
- Common parameters: \`method\`, \`app_key\`, \`timestamp\` (GMT+8, \`yyyy-MM-dd HH:mm:ss\`), \`v=2.0\`, \`sign_method\`, \`sign\`, and \`session\` where a method needs a user; \`format=json\` for JSON instead of XML, \`simplify=true\` for JSON without a root and with bare lists.
- Nested objects and lists of objects are sent as JSON text, lists of simple values joined by commas.
- Signing: take all parameters but \`sign\`, sort them by name in byte order, join names and values with nothing between. \`hmac-sha256\` and \`hmac\` are HMAC-SHA256 and HMAC-MD5 of that UTF-8 text keyed by the app secret; \`md5\` is MD5 of secret + text + secret. Send hexadecimal capitals as \`sign\`.
- The HTTP status is always 200. A failure is \`error_response\`, which has \`code\`, \`msg\`, \`sub_code\`, \`sub_msg\` and \`request_id\`. A \`sub_code\` that begins with \`isp.\` may be retried, \`isv.\` must be mended by the caller.
- Writes are idempotent: repeat a call whose answer was lost with the same business key.
`;
