import { GUESS_MARGIN } from '../codes/rules.ts';
import type { Batch } from '../queries.ts';
import { CLEAR_ALPHABET, type CodeForm, codeSpace, freePlaces } from '../series.ts';

const DEFAULT_PATTERN = '############';
/** Fewest possible codes of a form: below, its cipher is not secure (SP 800-38G). */
const LEAST_SPACE = 1_000_000n;
/** Most possible codes of a form. */
const MOST_SPACE = 2n ** 96n;
/** A batch has 2^53 − 1 codes at the very most. */
const MOST_CODES = BigInt(Number.MAX_SAFE_INTEGER);

/** What is wrong with the validity of a batch, in Chinese for its administrator; undefined when nothing is. */
export function validityProblem(
  batch: Pick<Batch, 'bind_begin_time' | 'coupon_expire_time' | 'valid_duration_type' | 'valid_days'>,
): string | undefined {
  if (batch.coupon_expire_time < batch.bind_begin_time) return 'coupon_expire_time 不得早于 bind_begin_time';
  if (batch.valid_duration_type === 'DAY' && batch.valid_days === null) return 'DAY 类型须给出 valid_days';
  if (batch.valid_duration_type === 'GENERAL' && batch.valid_days !== null) return 'valid_days 只随 DAY 给出';
  return undefined;
}

/** The form that a generation asks for: what is not given is that of the batch, else the default. */
export const chooseForm = (
  asked: {
    pattern?: string | null | undefined;
    alphabet?: string | null | undefined;
    check_character?: boolean | null | undefined;
  },
  present: CodeForm | null,
): CodeForm => ({
  pattern: asked.pattern ?? present?.pattern ?? DEFAULT_PATTERN,
  alphabet: asked.alphabet ?? present?.alphabet ?? CLEAR_ALPHABET,
  check: asked.check_character ?? present?.check ?? false,
});

/** Why codes cannot be made by a form, in Chinese for its administrator; undefined when they can. */
export function formProblem(form: CodeForm): string | undefined {
  const { pattern, alphabet } = form;
  if (!/^[A-Za-z0-9#_-]{4,64}$/.test(pattern)) return 'pattern 应为 4 至 64 个字母、数字、#、-、_';
  if (!/^[A-Za-z0-9]{10,62}$/.test(alphabet)) return 'alphabet 应为 10 至 62 个字母或数字';
  if (new Set(alphabet).size < alphabet.length) return 'alphabet 中的字符不得重复';
  if (freePlaces(form) < 2) return 'pattern 的随机字符太少';
  if (codeSpace(form) > MOST_SPACE) return 'pattern 的 # 太多：组合数不得超过 2 的 96 次方';
  return undefined;
}

/** How many codes of a form may be made so that guessing one is vain. */
export function mostCodes(form: CodeForm): bigint {
  const space = codeSpace(form);
  if (space < LEAST_SPACE) return 0n;
  const most = space / GUESS_MARGIN;
  return most < MOST_CODES ? most : MOST_CODES;
}
