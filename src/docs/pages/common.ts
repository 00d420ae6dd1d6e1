import { html } from 'ghtml';
import type { Label } from '../../contract/schema.ts';
import { exampleCell, table } from './fields.ts';
import { textsOf, type View } from './site.ts';

type Parameter = {
  readonly name: string;
  readonly type: string;
  /** `session` means: when the method needs a user's session. */
  readonly required: boolean | 'session';
  readonly example?: string;
  readonly meaning: Label;
};

/** The parameters of every call (TOP protocol 2). */
const commonParameters: readonly Parameter[] = [
  {
    name: 'method',
    type: 'String',
    required: true,
    example: 'taobao.time.get',
    meaning: { zh: 'API 接口名称', en: 'Name of the method' },
  },
  {
    name: 'app_key',
    type: 'String',
    required: true,
    example: '12345678',
    meaning: { zh: '应用的 App Key', en: "The app's key" },
  },
  {
    name: 'session',
    type: 'String',
    required: 'session',
    example: '6100000demo',
    meaning: {
      zh: '用户授权后得到的会话密钥；接口标明需要授权时必传',
      en: "Session key got by the user's authorisation; needed where the page says so",
    },
  },
  {
    name: 'timestamp',
    type: 'String',
    required: true,
    example: '2026-01-02 03:04:05',
    meaning: {
      zh: '调用时间，GMT+8，格式 yyyy-MM-dd HH:mm:ss；与服务器最多相差 10 分钟',
      en: 'Time of the call in GMT+8, yyyy-MM-dd HH:mm:ss, at most 10 minutes off the server',
    },
  },
  { name: 'v', type: 'String', required: true, example: '2.0', meaning: { zh: '协议版本', en: 'Protocol version' } },
  {
    name: 'sign_method',
    type: 'String',
    required: true,
    example: 'hmac-sha256',
    meaning: { zh: '签名算法：md5、hmac 或 hmac-sha256', en: 'Digest of the signature: md5, hmac or hmac-sha256' },
  },
  {
    name: 'sign',
    type: 'String',
    required: true,
    meaning: {
      zh: '对其余全部参数计算的签名，大写十六进制',
      en: 'Signature over all other parameters, hexadecimal in capitals',
    },
  },
  {
    name: 'format',
    type: 'String',
    required: false,
    example: 'json',
    meaning: { zh: '返回格式：xml（默认）或 json', en: 'Spelling of the answer: xml, unless json is asked for' },
  },
  {
    name: 'simplify',
    type: 'Boolean',
    required: false,
    example: 'false',
    meaning: {
      zh: '为 true 时返回精简 JSON：没有根节点，列表就是数组；仅在 format=json 时有效',
      en: 'true gives simplified JSON, without root and with lists as plain arrays; only with format=json',
    },
  },
  {
    name: 'partner_id',
    type: 'String',
    required: false,
    example: 'top-sdk-java',
    meaning: {
      zh: '调用方 SDK 的标识，只参与签名',
      en: 'What SDK calls; it is signed and otherwise ignored',
    },
  },
];

/** The table of the common parameters. */
export function commonTable(view: View): string {
  const text = textsOf(view);
  const required = ({ required }: Parameter) => {
    if (required === true) return html`<b class="required">${text.yes}</b>`;
    return html`<span class="quiet">${required === 'session' ? text.sessionRequired : text.no}</span>`;
  };
  const rows = commonParameters.map(
    (
      each,
    ) => html`<tr id="common.${each.name}"><th scope="row" class="name"><a href="#common.${each.name}"><code>${each.name}</code></a></th>
<td class="type">${each.type}</td><td>!${required(each)}</td>!${exampleCell(view, each.example)}<td>${each.meaning[view.language]}</td></tr>`,
  );
  return table(text.common, [text.name, text.type, text.required, text.example, text.meaning], rows, 'common');
}
