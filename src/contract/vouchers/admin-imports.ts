import { admin, cursor, next_cursor } from '../common.ts';
import { method } from '../method.ts';
import { bool, date, integer, list, optional, struct, text } from '../schema.ts';

const errors = {
  'isv.voucher-batch-not-exist': {
    cause: { zh: '券码批次不存在', en: 'No batch bears this mix_id' },
    remedy: { zh: '核对 mix_id', en: 'Check the mix_id' },
  },
  'isv.voucher-batch-generated': {
    cause: { zh: '该批次的券码是生成的，不能再导入', en: 'The codes of the batch are made: none can be imported' },
    remedy: { zh: '另建批次', en: 'Make another batch' },
  },
  'isv.voucher-import-not-exist': {
    cause: { zh: '导入不存在', en: 'The batch has no import of this id' },
    remedy: { zh: '核对 import_id', en: 'Check the import_id' },
  },
  'isv.voucher-import-order': {
    cause: { zh: '导入的分片须按 1、2、3… 依次上传', en: 'Parts of an import come in the order 1, 2, 3 …' },
    remedy: { zh: '从 sub_msg 指出的分片继续', en: 'Go on with the part that sub_msg names' },
  },
  'isv.voucher-import-conflict': {
    cause: {
      zh: '该导入已结束，或该分片已有不同的内容',
      en: 'The import has ended, or the part came with other content',
    },
    remedy: { zh: '用新的 import_id 开始新的导入', en: 'Begin a new import with a new import_id' },
  },
  'isv.voucher-column-unclear': {
    cause: {
      zh: '找不到券码所在的列，或有几列都像券码',
      en: 'No column is headed as codes are, or more than one',
    },
    remedy: {
      zh: '用 column 给出该列的表头或序号',
      en: 'Name the column by its heading or number in column',
    },
  },
  'isv.voucher-import-too-large': {
    cause: { zh: '一次导入最多 100 万行', en: 'An import has 1,000,000 lines at most' },
    remedy: { zh: '分成多次导入', en: 'Split it into several imports' },
  },
} as const;

const mix_id = text({ zh: '码商品混淆ID', en: 'Id of the batch' }, { example: 'code_open', maxLength: 128 });
const import_id = text(
  {
    zh: '导入单号，在券码批次内唯一，不分应用：相同内容重复提交只生效一次，内容不同则拒绝',
    en: 'Number of the import, one for its batch whichever app calls: the same content sent again counts once, other content is refused',
  },
  { example: 'import-20260101', maxLength: 128 },
);

const report = {
  state: text(
    { zh: '导入状态', en: 'State of the import' },
    {
      example: 'done',
      values: {
        open: { zh: '等待后续分片', en: 'waits for further parts' },
        queued: { zh: '后台处理中', en: 'settled in the background' },
        done: { zh: '已导入', en: 'the good lines are in' },
        refused: { zh: '未导入任何券码', en: 'nothing was brought in' },
      },
    },
  ),
  parts: integer({ zh: '已收到的分片数', en: 'Parts received' }, { example: '1' }),
  line_count: integer({ zh: '行数', en: 'Lines received' }, { example: '100' }),
  bad_count: integer({ zh: '有问题的行数', en: 'Bad lines; doubled codes count once all is there' }, { example: '2' }),
  imported_count: integer({ zh: '已导入的券码数', en: 'Codes brought in' }, { example: '98' }),
  job_id: optional(integer({ zh: '后台任务ID', en: 'Job in the background, when there is one' })),
  finished_at: optional(date({ zh: '完成时间', en: 'When it was settled' })),
  lines: list(
    struct(
      'VoucherImportLine',
      { zh: '有问题的行', en: 'A bad line' },
      {
        line: integer(
          { zh: '行号，从1开始，跨分片连续', en: 'Its number, from 1, counted through all parts' },
          { example: '7' },
        ),
        problem: text(
          { zh: '问题', en: 'What is wrong' },
          {
            example: 'BAD_LENGTH',
            values: {
              BAD_CHARACTERS: {
                zh: '含有字母、数字、-、_ 以外的字符',
                en: 'other characters than letters, digits, - and _',
              },
              BAD_LENGTH: { zh: '长度不在4至64之间', en: 'not 4 to 64 characters long' },
              BAD_QUOTES: { zh: '引号不配对', en: 'quotes that do not match' },
              BEHIND_QUOTES: { zh: '在不配对的引号之后', en: 'stands behind quotes that do not match' },
              NO_CODE: { zh: '券码所在列为空', en: 'nothing in the column of the codes' },
              BAD_COLUMNS: {
                zh: '列数与表头不符，无法确定哪一列是券码',
                en: 'other columns than the heading, so that it is not sure which is the code',
              },
              SCIENTIFIC: {
                zh: '被表格软件改成了科学计数法，原券码已丢失',
                en: 'a number in scientific notation, as a spreadsheet wrote it: the code is lost',
              },
              HEADING: {
                zh: '像是标题或表头；若确为券码且不是常用表头，请移到后面',
                en: 'looks like a title or a heading; a code that is no usual heading goes further down',
              },
              DUPLICATE_IN_FILE: { zh: '与本次导入的前面某行重复', en: 'stands in an earlier line of the import too' },
              DUPLICATE_IN_BATCH: { zh: '批次中已有此券码', en: 'is in the batch already' },
            },
          },
        ),
        first_line: optional(integer({ zh: '重复时首次出现的行号', en: 'Where a doubled code stands first' })),
      },
    ),
    { zh: '有问题的行，按行号', en: 'Bad lines in order' },
  ),
  next_cursor,
};

/** Brings codes of one's own into a batch. */
export const voucherBatchImport = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.import',
  title: { zh: '导入券码', en: 'Import codes' },
  purpose: {
    zh: '导入自有券码的 CSV（RFC 4180）：按表头（code、coupon_code、voucher、券码、兑换码等）找到券码所在的列，没有表头时取唯一有内容的一列，找不到则用 column 指明；分隔符可为逗号、分号、制表符、竖线。大文件按整行分片依次上传，最后一片 is_last=true。有问题的行逐行报告；默认有一行有问题就全部不导入。',
    en: "Imports a CSV (RFC 4180) of codes of one's own. The column of the codes is found by its heading (code, coupon_code, voucher, 券码, 兑换码 and the like), without headings it is the only column that holds anything, else column names it. Fields are separated by commas, semicolons, tabs or bars. A large file comes in parts of whole lines, the last with is_last. Bad lines are reported one by one; unless told otherwise one bad line keeps all out.",
  },
  kind: 'write',
  request: {
    mix_id,
    import_id,
    csv: text(
      { zh: 'CSV 文本，按行切分', en: 'CSV text, whole lines' },
      { example: 'OWN-CODE-1', maxLength: 1_000_000 },
    ),
    part: optional(
      integer(
        { zh: '分片序号，从1开始，默认1', en: 'Number of the part, 1 unless given' },
        { minimum: 1, maximum: 100_000 },
      ),
    ),
    is_last: optional(bool({ zh: '是否最后一片，默认是', en: 'Whether it is the last part; yes unless given' })),
    column: optional(
      text(
        {
          zh: '券码所在的列：表头，或从1开始的序号。找不到时才需要，随第一片给出',
          en: 'Column of the codes, by its heading or its number from 1, where it is not found. With the first part',
        },
        { maxLength: 128 },
      ),
    ),
    skip_bad_lines: optional(
      bool({
        zh: '是否跳过有问题的行，只导入其余；默认否。以第一片为准',
        en: 'Whether to leave bad lines out and bring in the others; no unless given. The first part decides',
      }),
    ),
  },
  response: report,
});

const importGet = method({
  ...admin,
  errors,
  name: 'piaoquan.voucher.batch.import.get',
  title: { zh: '查询导入结果', en: 'Get an import' },
  purpose: { zh: '查询一次导入的状态与逐行报告。', en: 'Shows the state of an import and its report by line.' },
  kind: 'read',
  request: {
    mix_id,
    import_id,
    cursor: cursor(64),
    page_size: optional(
      integer({ zh: '每页行数，默认50', en: 'Bad lines a page, 50 unless given' }, { minimum: 1, maximum: 200 }),
    ),
  },
  response: report,
});

export const adminVoucherImportContracts = [voucherBatchImport, importGet] as const;
