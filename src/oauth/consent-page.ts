import type { Language } from '../wire/preferences.ts';

const TEXTS = {
  zh: {
    title: '授权',
    asks: (app: string) => `${app}请求访问你的数据`,
    quote: (app: string) => `“${app}”`,
    as: '当前用户',
    key: '应用 Key',
    to: '授权后返回',
    toPage: '授权码，由你填入应用',
    allow: '授权',
    deny: '拒绝',
    note: '授权后，该应用在有效期内可凭会话密钥读取和操作你的权益与券码。',
    codeTitle: '授权码',
    codeNote: '将下面的授权码填入应用。它只能使用一次，10 分钟内有效。',
    deniedTitle: '已拒绝',
    deniedNote: '应用没有得到授权码，可以关闭此页。',
    refusedTitle: '无法授权',
  },
  en: {
    title: 'Authorise',
    asks: (app: string) => `${app} asks for access to your data`,
    quote: (app: string) => app,
    as: 'Signed in as',
    key: 'App key',
    to: 'Returns to',
    toPage: 'You, as a code to give to the app',
    allow: 'Authorise',
    deny: 'Refuse',
    note: 'Until it expires, the session key lets this app read and move your benefits and codes.',
    codeTitle: 'Authorisation code',
    codeNote: 'Give this code to the app. It works once, within 10 minutes.',
    deniedTitle: 'Refused',
    deniedNote: 'The app was given no code. You can close this page.',
    refusedTitle: 'Cannot be authorised',
  },
} as const;

/** Style of the authorisation pages; fixed, so that its hash can stand in the content security policy. */
export const CONSENT_STYLE = `
:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#1c1f24;--soft:#667085;--line:#e4e7ec;--edge:#98a2b3;--main:#c2330c}
@media(prefers-color-scheme:dark){:root{--bg:#111417;--card:#1a1e23;--ink:#eceef1;--soft:#98a2b3;--line:#2c323a;--edge:#667085;--main:#ff8a5c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--bg);color:var(--ink);
font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{width:100%;max-width:440px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px}
.brand{color:var(--main);font-weight:600;margin:0 0 16px}
h1{font-size:20px;line-height:1.4;margin:0 0 20px;overflow-wrap:anywhere;text-wrap:balance}
h1 span{display:inline-block;max-width:100%}
dl{margin:0 0 20px;display:grid;grid-template-columns:auto 1fr;gap:8px 16px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
p{margin:0 0 24px;color:var(--soft);font-size:14px}p:last-child{margin:0}
form{display:flex;gap:12px}
button{flex:1;min-height:44px;border-radius:8px;border:1px solid var(--edge);background:none;color:inherit;font:inherit;cursor:pointer}
button.main{background:#c2330c;border-color:#c2330c;color:#fff;font-weight:600}
button:focus-visible{outline:3px solid var(--main);outline-offset:2px}
code{display:block;padding:12px;border:1px solid var(--line);border-radius:8px;overflow-wrap:anywhere;font-size:15px;user-select:all}
`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const page = (language: Language, title: string, body: string): string =>
  `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">` +
  `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · Piaoquan 票券</title>` +
  `<style>${CONSENT_STYLE}</style></head><body><main><p class="brand">Piaoquan 票券</p>${body}</main></body></html>`;

/**
 * The page on which a user authorises or refuses an app; `ticket` is what its form sends back. Without a `redirect_uri`
 * the user carries the code to the app.
 */
export function consentPage(
  language: Language,
  about: { app_name: string; app_key: string; nick: string; redirect_uri: string | undefined; ticket: string },
): string {
  const text = TEXTS[language];
  const row = (name: string, value: string) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;
  return page(
    language,
    text.title,
    `<h1>${text.asks(`<span>${escapeHtml(text.quote(about.app_name))}</span>`)}</h1>` +
      `<dl>${row(text.as, about.nick)}${row(text.key, about.app_key)}${row(text.to, about.redirect_uri ?? text.toPage)}</dl>` +
      `<p>${text.note}</p><form method="post" action="/authorize">` +
      `<input type="hidden" name="ticket" value="${escapeHtml(about.ticket)}">` +
      `<button name="decision" value="deny">${text.deny}</button>` +
      `<button class="main" name="decision" value="allow">${text.allow}</button></form>`,
  );
}

/** The page that shows an authorisation code to apps without a callback address. */
export const codePage = (language: Language, code: string): string =>
  page(
    language,
    TEXTS[language].codeTitle,
    `<h1>${TEXTS[language].codeTitle}</h1><p>${TEXTS[language].codeNote}</p><code>${escapeHtml(code)}</code>`,
  );

/** The page that confirms a refusal to users of apps without a callback address. */
export const deniedPage = (language: Language): string =>
  page(
    language,
    TEXTS[language].deniedTitle,
    `<h1>${TEXTS[language].deniedTitle}</h1><p>${TEXTS[language].deniedNote}</p>`,
  );

/** The page that says why an authorisation cannot even be asked for. */
export const refusedPage = (language: Language, reason: Record<Language, string>): string =>
  page(
    language,
    TEXTS[language].refusedTitle,
    `<h1>${TEXTS[language].refusedTitle}</h1><p>${escapeHtml(reason[language])}</p>`,
  );
