import type { Label } from '../../contract/schema.ts';

/** What to tell the maker of each usual mistake, by its id. */
export const mistakeLabels = {
  'secret-blanks': {
    zh: '签名用的密钥首尾多出了空白、换行或引号。从文件或环境变量读出密钥后，先把它们去掉。',
    en: 'The secret was signed with blanks, a line break or quotes around it. Strip them after reading it from a file or variable.',
  },
  'secret-front': {
    zh: '密钥只加在了文本前面。md5 要把密钥放在文本的前后两端；hmac 的密钥不拼进文本。',
    en: 'The secret stands in front of the text only. With md5 it goes on both sides; with hmac it is the key, not part of the text.',
  },
  'secret-end': {
    zh: '密钥只加在了文本后面。md5 要把密钥放在文本的前后两端；hmac 的密钥不拼进文本。',
    en: 'The secret stands behind the text only. With md5 it goes on both sides; with hmac it is the key, not part of the text.',
  },
  'secret-missing': {
    zh: '签名时没有用到密钥。',
    en: 'The text was digested without the secret.',
  },
  'secret-in-hmac': {
    zh: '使用 hmac 时，密钥只作为 HMAC 的 key，不要再拼到文本两端。',
    en: 'With hmac the secret is the key alone: do not put it round the text as well.',
  },
  'body-not-signed': {
    zh: '请求体没有参与签名。非表单的请求体（批量、JSON、XML）要原样接在排好序的参数之后。',
    en: 'The body was not signed. A body that is no form (batch, JSON, XML) follows the sorted parameters as it is.',
  },
  'body-first': {
    zh: '请求体放在了参数前面，应当接在参数之后。',
    en: 'The body was put before the parameters; it belongs behind them.',
  },
  'plus-for-blank': {
    zh: '签名文本与收到的参数，一边是空格，另一边是 +。签名用原始值，发送时再做 URL 编码（+ 要写成 %2B）。',
    en: 'Where one of the signed text and the received parameters has a blank, the other has a +. Sign the raw value, then URL-encode it for sending (+ becomes %2B).',
  },
  'encoded-values': {
    zh: '签名时用了 URL 编码后的值。先用原始值签名，发送时再编码。',
    en: 'URL-encoded values were signed. Sign the raw values and encode them only for sending.',
  },
  'encoded-twice': {
    zh: '参数发送时被编码了两次：服务器解码一次后仍是编码过的值。多半是自己编码后，HTTP 库又编码了一遍。',
    en: 'The parameters were encoded twice on the way: still encoded after the server has decoded them. Often the HTTP library encodes what was encoded already.',
  },
  'sign-included': {
    zh: 'sign 本身参与了签名。计算前先去掉 sign；重试时不要带着上一次的 sign 再签。',
    en: 'sign itself was signed. Leave it out, also when you sign the same parameters again for a retry.',
  },
  order: {
    zh: '参数没有按名称排序。按参数名的字节顺序升序排列后再拼接。',
    en: 'The parameters were not sorted. Join them in ascending byte order of their names.',
  },
  'order-case': {
    zh: '排序时忽略了大小写，或用了本地化规则。要按字节顺序比较：大写字母 < 下划线 < 小写字母。',
    en: 'The names were sorted without regard to case, or by the rules of a language. Compare bytes: capitals < underscore < small letters.',
  },
  'order-pairs': {
    zh: '排序的是“名称+值”拼好的文本。只按名称排序，再拼上值。',
    en: 'Names were sorted together with their values. Sort by name alone, then append the values.',
  },
  separators: {
    zh: '拼接时加了 =、& 之类的分隔符。名称与值直接相连，中间什么也不加。',
    en: 'The text was joined with separators such as = and &. Names and values follow each other with nothing between.',
  },
  'json-respelled': {
    zh: '签名的 JSON 与发送的 JSON 写法不同（空格、转义或缩进）。只序列化一次，签名和发送用同一个文本。',
    en: 'The signed JSON is spelled otherwise than the one sent (blanks, escapes, indentation). Write it once and use the same text for both.',
  },
  'values-trimmed': {
    zh: '签名时去掉了值首尾的空白，发送时却带着。',
    en: 'Values were trimmed for the signature but sent with their blanks.',
  },
  'empty-as-word': {
    zh: '空值在签名时写成了 null、undefined 之类的字样。空值不要签也不要发，或按空文本签名。',
    en: 'Empty values were signed as a word such as null or undefined. Neither sign nor send them, or sign them as empty text.',
  },
  'charset-lost': {
    zh: '签名时中文变成了“?”：用了不含中文的字符集。文本要按 UTF-8 取字节。',
    en: 'Characters beyond ASCII became "?" when signed: the character set lacks them. Take the UTF-8 bytes of the text.',
  },
  'charset-twice': {
    zh: '文本在签名前被当作 Latin-1 又转了一遍 UTF-8（乱码）。直接按 UTF-8 取字节。',
    en: 'The UTF-8 bytes were read as Latin-1 and encoded again before signing. Take the UTF-8 bytes of the text once.',
  },
} as const satisfies Record<string, Label>;

/** The name of a usual mistake whose words are fixed. */
export type MistakeId = keyof typeof mistakeLabels;

/** Words for parameters that were not signed. */
export const leftOutWords = (names: readonly string[]): Label => ({
  zh: `没有参与签名：${names.join('、')}。除 sign 和上传的文件外，所有参数都要签名；请在加齐全部参数之后再签。`,
  en: `Not signed: ${names.join(', ')}. Every parameter but sign and uploaded files is signed; sign once all of them are in place.`,
});
/** Words for a time that was signed in another spelling, or at another second, than it was sent. */
export const timestampWords = (signed: string, sent: string): Label => ({
  zh: `签名用的 timestamp 是 ${signed}，发送的却是 ${sent}。只取一次时间，签名和发送用同一个文本。`,
  en: `timestamp was signed as ${signed} but sent as ${sent}. Take the time once and use the same text for both.`,
});
/** Words for a parameter that was signed but did not come. */
export const notSentWords = (name: string, value: string): Label => ({
  zh: `${name}=${value} 参与了签名，却没有发送。签名和发送要用同一组参数。`,
  en: `${name}=${value} was signed but not sent. Sign and send the same parameters.`,
});
