import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, json, list, optional, struct, text } from '../schema.ts';
import { ROLES } from './roles.ts';

const errors = {
  'isv.console-only': {
    cause: {
      zh: '操作员只能由所有者在控制台管理，应用不能调用',
      en: 'Operators are administered in the console by an owner, not by apps',
    },
    remedy: { zh: '登录控制台操作', en: 'Log in to the console' },
  },
  'isv.operator-not-found': {
    cause: { zh: '操作员不存在', en: 'No operator bears this login' },
    remedy: { zh: '检查 login', en: 'Check the login' },
  },
  'isv.last-owner': {
    cause: { zh: '至少要保留一位正常的所有者', en: 'One owner at least stays live' },
    remedy: { zh: '先设置另一位所有者', en: 'Make another owner first' },
  },
  'isv.operator-session-not-found': {
    cause: { zh: '登录会话不存在或已结束', en: 'There is no such console session, or it has ended' },
    remedy: { zh: '刷新列表', en: 'List them again' },
  },
} as const;

const login = text(
  {
    zh: '登录名：小写字母开头，3–32 位小写字母、数字或 . _ -',
    en: 'Login: 3 to 32 of a–z, 0–9, . _ and -, a letter first',
  },
  { example: 'lin', maxLength: 32 },
);
const display_name = text({ zh: '显示名', en: 'Name to show' }, { example: '林小满', maxLength: 64 });
const role = text({ zh: '角色', en: 'Role' }, { example: 'operator', values: ROLES });
const status = integer(
  { zh: '状态', en: 'State' },
  { example: '1', values: { '1': { zh: '正常', en: 'live' }, '2': { zh: '停用', en: 'suspended' } } },
);
const password = text(
  {
    zh: '初始密码，仅此一次返回，首次登录须修改',
    en: 'First password, shown this once; to be changed at the first login',
  },
  { example: 'k3m9p-xw2nd-7hqtz-c4v8r' },
);
const at = { example: '2026-01-02 03:04:05' };

/** Creates an operator or changes its name and role. */
export const operatorSave = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.save',
  title: { zh: '保存操作员', en: 'Save an operator' },
  purpose: {
    zh: '新建操作员并返回一次初始密码，或修改显示名与角色。角色变更后其登录会话全部结束。',
    en: 'Creates an operator and shows the first password once, or changes name and role. A change of role ends all sessions.',
  },
  kind: 'write',
  request: { operator: struct('OperatorSave', { zh: '操作员', en: 'The operator' }, { login, display_name, role }) },
  response: { password: optional(password), is_success },
});

const operatorList = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.list',
  title: { zh: '操作员列表', en: 'List operators' },
  purpose: { zh: '按登录名翻页列出操作员。', en: 'Operators by pages, in order of their login.' },
  kind: 'read',
  request: { cursor: cursor(256), page_size },
  response: {
    operators: list(
      struct(
        'Operator',
        { zh: '操作员', en: 'An operator' },
        {
          login,
          display_name,
          role,
          status,
          totp: bool({ zh: '是否开启两步验证', en: 'Whether a second factor is asked for' }, { example: 'true' }),
          password_temporary: bool(
            { zh: '是否尚未修改初始密码', en: 'Whether the first password was not changed yet' },
            { example: 'false' },
          ),
          session_count: integer({ zh: '登录中的会话数', en: 'Console sessions that are live' }, { example: '1' }),
          created_at: date({ zh: '创建时间', en: 'When it was created' }, at),
          login_at: optional(date({ zh: '最近登录时间', en: 'When it last logged in' }, at)),
        },
      ),
      { zh: '操作员', en: 'The operators' },
    ),
    next_cursor,
  },
});

const operatorStatus = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.status.update',
  title: { zh: '停用或恢复操作员', en: 'Suspend an operator or bring it back' },
  purpose: { zh: '停用后其登录会话全部结束。', en: 'Suspending ends all its sessions.' },
  kind: 'write',
  request: { login, status },
  response: { is_success },
});

const passwordReset = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.password.reset',
  title: { zh: '重置操作员密码', en: 'Reset the password of an operator' },
  purpose: {
    zh: '生成新的初始密码并返回一次，登录会话全部结束；可同时关闭其两步验证。',
    en: 'Draws a new first password, shown once, and ends all sessions; takes the second factor away where asked to.',
  },
  kind: 'write',
  request: {
    login,
    remove_totp: optional(
      bool({ zh: '是否同时关闭两步验证，默认否', en: 'Whether the second factor goes too; no unless given' }),
    ),
  },
  response: { password },
});

const session_id = text(
  { zh: '会话id，不能用来登录', en: 'Id of the session; it opens nothing' },
  { example: 'a'.repeat(64), maxLength: 64 },
);

const sessionList = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.session.list',
  title: { zh: '登录会话列表', en: 'List console sessions' },
  purpose: { zh: '控制台的登录会话，新的在前。', en: 'Live sessions of the console, the latest first.' },
  kind: 'read',
  request: { login: optional(login), cursor: cursor(256), page_size },
  response: {
    sessions: list(
      struct(
        'OperatorSession',
        { zh: '登录会话', en: 'A console session' },
        {
          session_id,
          login,
          address: text({ zh: '登录地址', en: 'Where it was begun' }, { example: '203.0.113.7' }),
          user_agent: text({ zh: '浏览器', en: 'The browser' }, { example: 'Mozilla/5.0' }),
          created_at: date({ zh: '登录时间', en: 'When it was begun' }, at),
          used_at: date({ zh: '最近使用时间', en: 'When it was last used, to the minute' }, at),
          expires_at: date({ zh: '最晚结束时间', en: 'When it ends at the latest' }, at),
        },
      ),
      { zh: '登录会话', en: 'The sessions' },
    ),
    next_cursor,
  },
});

const sessionRevoke = method({
  ...admin,
  errors,
  name: 'piaoquan.operator.session.revoke',
  title: { zh: '结束登录会话', en: 'End a console session' },
  purpose: { zh: '立即结束一个登录会话。', en: 'Ends a console session at once.' },
  kind: 'write',
  request: { session_id },
  response: { is_success },
});

const actor = text(
  { zh: '变更者：操作员登录名、app_key 或 system', en: "Who: an operator's login, an app_key, or system" },
  { example: 'lin', maxLength: 64 },
);
const thing = text(
  { zh: '变更的对象（数据表）', en: 'What was changed: the table' },
  { example: 'lottery_activity', maxLength: 64 },
);
const thing_key = text(
  { zh: '对象的主键，多列以 / 连接', en: 'Which one: its primary key, joined by /' },
  { example: 'prizePool_open', maxLength: 512 },
);
const method_name = text(
  { zh: 'API 名称', en: 'By which method' },
  { example: 'piaoquan.lottery.activity.save', maxLength: 128 },
);
const request_id = text({ zh: '请求id', en: 'In which call' }, { example: 'mi8w4s2k7q1z0x', maxLength: 64 });

/** Who changed what, when, from what to what. */
const changeList = method({
  ...admin,
  errors: {},
  name: 'piaoquan.change.list',
  title: { zh: '变更日志', en: 'List changes' },
  purpose: {
    zh: '谁在何时通过哪个方法把什么改成了什么，新的在前。密钥、哈希与密文不在其中。',
    en: 'Who changed what, when and by which method, before and after, the latest first. Secrets, hashes and sealed texts are left out.',
  },
  kind: 'read',
  request: {
    query: optional(
      struct(
        'ChangeQuery',
        { zh: '查询条件', en: 'Which ones' },
        {
          actor: optional(actor),
          method: optional(method_name),
          request_id: optional(request_id),
          thing: optional(thing),
          thing_key: optional(thing_key),
          start_time: optional(date({ zh: '起始时间（含）', en: 'First instant' })),
          end_time: optional(date({ zh: '截止时间（不含）', en: 'Instant at which the span ends, itself not in it' })),
        },
      ),
    ),
    cursor: cursor(256),
    page_size,
  },
  response: {
    changes: list(
      struct(
        'Change',
        { zh: '变更', en: 'A change' },
        {
          change_id: integer({ zh: '变更id', en: 'Its id' }, { example: '42' }),
          changed_at: date({ zh: '变更时间', en: 'When' }, at),
          actor,
          method: optional(method_name),
          request_id: optional(request_id),
          action: text(
            { zh: '动作', en: 'What was done' },
            {
              example: 'update',
              values: {
                insert: { zh: '新增', en: 'added' },
                update: { zh: '修改', en: 'changed' },
                delete: { zh: '删除', en: 'removed' },
                call: {
                  zh: '操作：登录、查看明文、签名、写入业务数据或代用户调用',
                  en: 'an act: a login, a look at a code in plain, a signing, a write of business data, a call for a user',
                },
              },
            },
          ),
          thing,
          thing_key: optional(thing_key),
          changed: optional(
            list(text({ zh: '字段', en: 'A field' }, { example: 'status' }), {
              zh: '变更的字段',
              en: 'Fields that differ',
            }),
          ),
          before: optional(json({ zh: '变更前', en: 'The row before' }, { example: '{"status":1}' })),
          after: optional(json({ zh: '变更后', en: 'The row after' }, { example: '{"status":2}' })),
        },
      ),
      { zh: '变更', en: 'The changes' },
    ),
    next_cursor,
  },
});

export const adminOperatorContracts = [
  operatorSave,
  operatorList,
  operatorStatus,
  passwordReset,
  sessionList,
  sessionRevoke,
  changeList,
] as const;
