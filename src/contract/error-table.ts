import type { Label } from './schema.ts';

/** One entry of the platform error table. */
export type ErrorEntry = {
  /** TOP's number; a JSON number on the wire. */
  readonly code: number;
  /** TOP's text as live answers spell it; a parameter name follows the colon of 40 and 41 without a space. */
  readonly msg: string;
  /** The same text as TOP's documentation table spells it, where it differs. */
  readonly printed?: string;
  readonly sub_code?: string;
  /** TOP's own sub_msg, or ours where none is recorded; what stands here goes out to callers. */
  readonly sub_msg?: string;
  readonly cause: Label;
  readonly remedy: Label;
};

const entry = (
  code: number,
  msg: string,
  cause: Label,
  remedy: Label,
  more: Pick<ErrorEntry, 'printed' | 'sub_code' | 'sub_msg'> = {},
): ErrorEntry => ({ code, msg, cause, remedy, ...more });

const FIX_PARAMETER: Label = {
  zh: '按接口文档补齐或修正该参数后重试',
  en: 'Correct the parameter as the API page says',
};
const LATER: Label = {
  zh: '稍后重试；写接口请使用相同的业务键',
  en: 'Retry later; for writes use the same business key',
};

/**
 * The one table of platform errors (TOP protocol 6.2–6.4). Every exit of the gateway is an entry of it. Texts are those
 * of recorded live answers; `printed` keeps the documentation's title case where the two differ. `isv.` marks what the
 * caller must mend, `isp.` what clients may retry (6.5): nothing permanent bears `isp.`.
 */
export const platformErrors = {
  'http-action-not-allowed': entry(
    9,
    'Http action not allowed',
    { zh: 'HTTP 方法不被允许', en: 'The HTTP method is not allowed' },
    { zh: '使用大写的 GET 或 POST；上传文件用 POST', en: 'Use GET or POST in capitals; POST for files' },
    { printed: 'Http Action Not Allowed' },
  ),
  'api-package-limit': entry(
    11,
    'Insufficient isv permissions',
    { zh: '应用没有包含该接口的权限包', en: 'No permission package of the app holds the method' },
    { zh: '为应用申请 sub_msg 中列出的权限包', en: 'Have a package named in sub_msg granted to the app' },
    { printed: 'Insufficient ISV Permissions', sub_code: 'isv.permission-api-package-limit' },
  ),
  'api-package-empty': entry(
    11,
    'Insufficient isv permissions',
    { zh: '应用没有任何权限包', en: 'The app has no permission package' },
    { zh: '为应用申请权限包', en: 'Have a permission package granted to the app' },
    { printed: 'Insufficient ISV Permissions', sub_code: 'isv.permission-api-package-empty' },
  ),
  'ip-whitelist-limit': entry(
    11,
    'Insufficient isv permissions',
    { zh: '调用方 IP 不在应用的白名单内', en: "The caller's IP is not on the app's allow-list" },
    { zh: '从允许的 IP 调用，或修改白名单', en: 'Call from an allowed IP or change the allow-list' },
    { printed: 'Insufficient ISV Permissions', sub_code: 'isv.permission-ip-whitelist-limit' },
  ),
  'app-access-count': entry(
    7,
    'App Call Limited',
    { zh: '应用当日调用量已用完', en: "The app's calls of the day are used up" },
    { zh: '等待 sub_msg 给出的秒数', en: 'Wait for the seconds given in sub_msg' },
    { sub_code: 'accesscontrol.limited-by-app-access-count' },
  ),
  'api-access-count': entry(
    7,
    'App Call Limited',
    { zh: '接口的总调用频率超限', en: 'The method is called too often by all apps together' },
    { zh: '等待 sub_msg 给出的秒数', en: 'Wait for the seconds given in sub_msg' },
    { sub_code: 'accesscontrol.limited-by-api-access-count' },
  ),
  'app-api-access-count': entry(
    7,
    'App Call Limited',
    { zh: '应用调用该接口的频率超限', en: 'The app calls this method too often' },
    { zh: '等待 sub_msg 给出的秒数', en: 'Wait for the seconds given in sub_msg' },
    { sub_code: 'accesscontrol.limited-by-app-api-access-count' },
  ),
  'service-error': entry(15, 'Remote service error', { zh: '平台内部错误', en: 'A fault inside the platform' }, LATER, {
    printed: 'Remote Service Error',
    sub_code: 'isp.service-error',
    sub_msg: '系统错误，请稍后重试',
  }),
  'service-unavailable': entry(
    15,
    'Remote service error',
    { zh: '后端服务暂不可用或正忙', en: 'The service behind the gateway is down or busy' },
    LATER,
    {
      printed: 'Remote Service Error',
      sub_code: 'isp.top-remote-service-unavailable',
      sub_msg: '服务暂不可用或繁忙，请稍后重试',
    },
  ),
  'service-timeout': entry(
    15,
    'Remote service error',
    { zh: '后端服务超时', en: 'The service behind the gateway did not answer in time' },
    LATER,
    {
      printed: 'Remote Service Error',
      sub_code: 'isp.top-remote-connection-timeout',
      sub_msg: '服务超时，请稍后重试',
    },
  ),
  'missing-method': entry(
    21,
    'Missing method',
    { zh: '缺少 method 参数', en: 'No method parameter' },
    { zh: '传入接口名', en: 'Send the name of the method' },
    { printed: 'Missing Method' },
  ),
  'invalid-method': entry(
    22,
    'Invalid method',
    { zh: '接口不存在', en: 'No method bears this name' },
    { zh: '检查接口名的拼写', en: "Check the method's spelling" },
    { printed: 'Invalid Method' },
  ),
  'invalid-format': entry(
    23,
    'Invalid format',
    { zh: 'format 只能是 xml 或 json', en: 'format is neither xml nor json' },
    { zh: '传 xml 或 json，或不传', en: 'Send xml or json, or leave it out' },
    { printed: 'Invalid Format' },
  ),
  'missing-signature': entry(
    24,
    'Missing signature',
    { zh: '缺少 sign 参数', en: 'No sign parameter' },
    { zh: '按签名算法计算 sign', en: 'Compute sign by the signature rule' },
    { printed: 'Missing Signature' },
  ),
  'invalid-signature': entry(
    25,
    'Invalid signature',
    { zh: '签名不正确', en: 'The signature is wrong' },
    {
      zh: '核对密钥、参数排序、UTF-8 编码与 sign_method',
      en: 'Check the secret, the order of parameters, UTF-8 and sign_method',
    },
    { printed: 'Invalid Signature' },
  ),
  'missing-session': entry(
    26,
    'Missing session',
    { zh: '该接口需要用户授权，但没有 session', en: 'The method needs a session and none came' },
    { zh: '先完成授权，传入 session', en: 'Have the user authorise, then send session' },
    { printed: 'Missing Session' },
  ),
  'invalid-session': entry(
    27,
    'Invalid session',
    { zh: 'session 不存在', en: 'The session is unknown' },
    { zh: '重新授权取得 session', en: 'Have the user authorise again' },
    {
      printed: 'Invalid Session',
      sub_code: 'invalid-sessionkey',
      sub_msg: '非法或过期的SessionKey参数，请使用有效的SessionKey参数',
    },
  ),
  'session-expired': entry(
    27,
    'Invalid session',
    { zh: 'session 已过期或已被撤销', en: 'The session has expired or was revoked' },
    { zh: '刷新或重新授权', en: 'Refresh the token or have the user authorise again' },
    {
      printed: 'Invalid Session',
      sub_code: 'session-expired',
      sub_msg: '非法或过期的SessionKey参数，请使用有效的SessionKey参数',
    },
  ),
  'foreign-session': entry(
    27,
    'Invalid session',
    { zh: 'session 不属于该应用', en: 'The session belongs to another app' },
    { zh: '使用本应用取得的 session', en: 'Use a session issued to this app' },
    {
      printed: 'Invalid Session',
      sub_code: 'sessionkey-not-generated-by-server',
      sub_msg: "sessionkey-not-generated-by-server:RealSession don't belong app and user !",
    },
  ),
  'missing-app-key': entry(
    28,
    'Missing app Key',
    { zh: '缺少 app_key 参数', en: 'No app_key parameter' },
    { zh: '传入应用的 app_key', en: "Send the app's key" },
    { printed: 'Missing App Key' },
  ),
  'invalid-app-key': entry(
    29,
    'Invalid app Key',
    { zh: 'app_key 不存在', en: 'No app bears this key' },
    { zh: '检查 app_key 与调用环境', en: 'Check the key and which environment you call' },
    { printed: 'Invalid App Key', sub_code: 'isv.appkey-not-exists' },
  ),
  'app-suspended': entry(
    29,
    'Invalid app Key',
    { zh: '应用已停用', en: 'The app is suspended' },
    { zh: '联系平台恢复应用', en: 'Ask the platform to put the app back' },
    { printed: 'Invalid App Key', sub_code: 'isv.appkey-suspended', sub_msg: '应用已停用，请联系平台' },
  ),
  'missing-timestamp': entry(
    30,
    'Missing timestamp',
    { zh: '缺少 timestamp 参数', en: 'No timestamp parameter' },
    { zh: '传入 GMT+8 的当前时间', en: 'Send the present time in GMT+8' },
    { printed: 'Missing Timestamp' },
  ),
  'invalid-timestamp': entry(
    31,
    'Invalid timestamp',
    { zh: '时间戳无法解析，或与服务器相差超过 10 分钟', en: 'Unreadable, or over 10 minutes off the server' },
    {
      zh: '用 GMT+8 的 yyyy-MM-dd HH:mm:ss，并校准时钟（taobao.time.get）；按本机时区取时间的 SDK 请设 TZ=Asia/Shanghai',
      en: 'Send yyyy-MM-dd HH:mm:ss in GMT+8 and set your clock (taobao.time.get); for an SDK that takes the local time set TZ=Asia/Shanghai',
    },
    { printed: 'Invalid Timestamp' },
  ),
  'missing-version': entry(
    32,
    'Missing version',
    { zh: '缺少 v 参数', en: 'No v parameter' },
    { zh: '传 v=2.0', en: 'Send v=2.0' },
    { printed: 'Missing Version' },
  ),
  'invalid-version': entry(
    33,
    'Invalid version',
    { zh: 'v 不是数字', en: 'v is not a number' },
    { zh: '传 v=2.0', en: 'Send v=2.0' },
    { printed: 'Invalid Version' },
  ),
  'unsupported-version': entry(
    34,
    'Unsupported version',
    { zh: '不支持该协议版本', en: 'This protocol version is not offered' },
    { zh: '传 v=2.0', en: 'Send v=2.0' },
    { printed: 'Unsupported Version' },
  ),
  'missing-arguments': entry(
    40,
    'Missing required arguments:',
    { zh: '缺少必填参数，参数名在冒号后', en: 'A mandatory parameter is missing; its name follows the colon' },
    FIX_PARAMETER,
    { printed: 'Missing Required Arguments:', sub_code: 'isv.missing-parameter' },
  ),
  'invalid-arguments': entry(
    41,
    'Invalid arguments:',
    {
      zh: '参数格式或取值不合法，或没有这个参数；参数名在冒号后',
      en: 'A parameter has a wrong form or value, or is not known; its name follows the colon',
    },
    FIX_PARAMETER,
    { printed: 'Invalid Arguments:', sub_code: 'isv.invalid-parameter' },
  ),
  'request-too-large': entry(
    42,
    'Forbidden request',
    {
      zh: '请求体过大，参数过多，或批量中的调用过多、过大',
      en: 'The body is too large, it names too many parameters, or the batch has too many calls or too large ones',
    },
    { zh: '拆成更小的请求', en: 'Split the request' },
    { printed: 'Forbidden Request', sub_code: 'isv.request-too-large' },
  ),
  'bad-request': entry(
    43,
    'Parameter error',
    { zh: '请求体无法读取', en: 'The request body cannot be read' },
    { zh: '检查 Content-Type 与请求体格式', en: 'Check Content-Type and the form of the body' },
    { printed: 'Parameter Error', sub_code: 'isv.invalid-request-body' },
  ),
  'invalid-encoding': entry(
    47,
    'Invalid encoding',
    { zh: '参数不是 UTF-8 编码', en: 'The parameters are not UTF-8' },
    { zh: '用 UTF-8 编码所有参数', en: 'Encode every parameter in UTF-8' },
  ),
} as const satisfies Record<string, ErrorEntry>;

/** The name of an entry of the platform error table. */
export type PlatformErrorName = keyof typeof platformErrors;
