import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { date, integer, list, optional, struct, text } from '../schema.ts';
import { app_key, errors, limited_app_key, method_name } from './admin-fields.ts';

const limit = {
  app_key: limited_app_key,
  method: method_name,
  max_calls: integer(
    { zh: '每个时间窗的最多调用次数', en: 'Calls allowed in each window' },
    { example: '100', minimum: 0 },
  ),
  window_seconds: integer(
    { zh: '时间窗秒数', en: 'Length of the window in seconds' },
    { example: '60', minimum: 1, maximum: 86_400 },
  ),
};

/** Sets how often a method may be called. */
const frequencySave = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.frequency.save',
  title: { zh: '保存频率限制', en: 'Save a frequency limit' },
  purpose: {
    zh: '限制一个应用（或所有应用合计）调用一个API的频率，自下一次调用起生效。',
    en: 'Limits how often an app, or all apps together, may call a method, from the next call on.',
  },
  kind: 'write',
  request: { frequency: struct('PlatformFrequency', { zh: '频率限制', en: 'The limit' }, limit) },
  response: { is_success },
});

const frequencyDelete = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.frequency.delete',
  title: { zh: '删除频率限制', en: 'Delete a frequency limit' },
  purpose: { zh: '取消一个频率限制，自下一次调用起生效。', en: 'Lifts a limit, from the next call on.' },
  kind: 'write',
  request: {
    frequency: struct(
      'PlatformFrequencyKey',
      { zh: '频率限制', en: 'The limit' },
      { app_key: limited_app_key, method: method_name },
    ),
  },
  response: { is_success },
});

const frequencyList = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.frequency.list',
  title: { zh: '频率限制列表', en: 'List frequency limits' },
  purpose: { zh: '分页列出频率限制。', en: 'Limits by pages.' },
  kind: 'read',
  request: {
    query: optional(
      struct(
        'PlatformFrequencyQuery',
        { zh: '查询条件', en: 'Which ones' },
        { app_key: optional(limited_app_key), method: optional(method_name) },
      ),
    ),
    cursor: cursor(256),
    page_size,
  },
  response: {
    frequencies: list(struct('PlatformFrequency', { zh: '频率限制', en: 'A limit' }, limit), {
      zh: '频率限制',
      en: 'The limits',
    }),
    next_cursor,
  },
});

const quotaList = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.quota.list',
  title: { zh: '调用量查询', en: 'List the use of quotas' },
  purpose: {
    zh: '每个应用当天的调用量，以及各频率限制当前时间窗的调用量。',
    en: "Calls used of each app's day and of each frequency limit in the present window.",
  },
  kind: 'read',
  request: {
    query: optional(
      struct('PlatformQuotaQuery', { zh: '查询条件', en: 'Which ones' }, { app_key: optional(limited_app_key) }),
    ),
    cursor: cursor(256),
    page_size,
  },
  response: {
    quotas: list(
      struct(
        'PlatformQuota',
        { zh: '调用量', en: 'A quota and its use' },
        {
          app_key: limited_app_key,
          method: optional(
            text(
              { zh: 'API 名称；不返回为应用每日总量', en: "Method; absent for the app's day" },
              { example: 'taobao.time.get' },
            ),
          ),
          max_calls: limit.max_calls,
          window_seconds: limit.window_seconds,
          used: integer(
            { zh: '当前时间窗已用次数', en: 'Calls used in the present window, with those taken ahead under load' },
            { example: '3' },
          ),
          window_start: date(
            { zh: '当前时间窗开始', en: 'Start of the present window' },
            { example: '2026-01-02 03:04:00' },
          ),
          window_end: date(
            { zh: '当前时间窗结束', en: 'End of the present window' },
            { example: '2026-01-02 03:05:00' },
          ),
        },
      ),
      { zh: '调用量', en: 'The quotas' },
    ),
    next_cursor,
  },
});

/** Finds calls in the call log. */
const callList = method({
  ...admin,
  errors,
  name: 'piaoquan.platform.call.list',
  title: { zh: '调用日志', en: 'List calls' },
  purpose: {
    zh: '按 request_id、应用、错误码或子错误码查询调用记录，新的在前。记录在调用后约一秒内可查。',
    en: 'Calls by request_id, by app, or by the error they were answered with, the latest first. A record is there within about a second of its call.',
  },
  kind: 'read',
  request: {
    query: struct(
      'PlatformCallQuery',
      { zh: '查询条件', en: 'Which ones' },
      {
        request_id: optional(text({ zh: '请求id', en: 'The request_id of an answer' }, { maxLength: 64 })),
        app_key: optional(app_key),
        method: optional(method_name),
        code: optional(
          integer(
            {
              zh: '错误码,0为成功,-1为在答复中拒绝',
              en: 'Code of the error; 0 for what was done, -1 for an answer that is a refusal',
            },
            { minimum: -1, maximum: 9999 },
          ),
        ),
        sub_code: optional(
          text(
            { zh: '子错误码或业务错误码', en: 'sub_code of the error, or the business code of a refusal' },
            { maxLength: 128 },
          ),
        ),
        start_time: optional(
          date({
            zh: '起始时间；不填且未按 request_id 查询时为 end_time（或现在）前一天',
            en: 'First instant; unless given a day before end_time or now, except by request_id',
          }),
        ),
        end_time: optional(date({ zh: '截止时间（不含）', en: 'Instant at which the span ends, itself not in it' })),
      },
    ),
    cursor: cursor(256),
    page_size,
  },
  response: {
    calls: list(
      struct(
        'PlatformCall',
        { zh: '调用记录', en: 'One call' },
        {
          request_id: text({ zh: '请求id', en: 'Its request_id' }, { example: 'mi8w4s2k7q1z0x' }),
          called_at: date({ zh: '调用时间', en: 'When it came' }, { example: '2026-01-02 03:04:05' }),
          app_key: optional(app_key),
          operator: optional(
            text({ zh: '控制台操作员', en: 'The operator who called from the console' }, { example: 'lin' }),
          ),
          method: optional(method_name),
          code: integer(
            {
              zh: '错误码,0为成功,-1为在答复中拒绝',
              en: 'Code of the error; 0 for what was done, -1 for an answer that is a refusal',
            },
            { example: '0' },
          ),
          sub_code: optional(
            text({ zh: '子错误码;在答复中拒绝时为业务错误码', en: 'Its sub_code, or the business code of a refusal' }),
          ),
          duration_us: integer(
            { zh: '耗时(微秒)', en: 'Time on the request path (microseconds)' },
            { example: '1250' },
          ),
        },
      ),
      { zh: '调用记录', en: 'The calls' },
    ),
    next_cursor,
  },
});

export const adminLimitContracts = [frequencySave, frequencyDelete, frequencyList, quotaList, callList] as const;
