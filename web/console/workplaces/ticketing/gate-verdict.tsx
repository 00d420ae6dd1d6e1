import { CheckCircleFilled, CloseCircleFilled, QuestionCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import type { Label } from '../../../../src/contract/schema.ts';
import { formatInstant } from '../../../../src/wire/time.ts';
import { wordsOf } from '../../components/states.tsx';
import { instantText } from '../../components/value.tsx';
import { explanationOf, fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { type Check, isAdmitted } from './gate-check.ts';
import { UndoButton } from './undo.tsx';

const METHOD = 'piaoquan.ticketing.ticket.check';
const USED_UP = 2;
const NOT_OPEN = 3;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

type Said = { readonly tone: 'go' | 'stop' | 'unsure'; readonly title: Label; readonly detail?: Label };

/** How long ago an instant was, to the unit that matters at a gate. */
function agoWords(instant: Date, now: Date): Label {
  const minutes = Math.floor((now.getTime() - instant.getTime()) / MINUTE_MS);
  if (minutes < 1) return { zh: '刚刚', en: 'just now' };
  if (minutes < HOUR_MINUTES) return { zh: `${minutes} 分钟前`, en: `${minutes} min ago` };
  const hours = Math.floor(minutes / HOUR_MINUTES);
  if (minutes < DAY_MINUTES) return { zh: `${hours} 小时前`, en: `${hours} h ago` };
  const days = Math.floor(minutes / DAY_MINUTES);
  return { zh: `${days} 天前`, en: `${days} d ago` };
}

/** What a check says to whoever stands at the gate. */
function saidOf(check: Check): Said {
  switch (check.kind) {
    case 'answered':
      if (check.isUndone) return UNDONE;
      return check.answer.admitted ? admitted(check.answer.entry_count) : refused(check);
    case 'refused': {
      const { title, detail } = wordsOf(check.error, explanationOf(check.error));
      const words = knownContract(METHOD).errors[check.error.sub_code ?? ''];
      return {
        tone: 'stop',
        title: words?.cause ?? title,
        ...((words?.remedy ?? detail) && { detail: words?.remedy ?? detail }),
      } as Said;
    }
    case 'foreign':
      return {
        tone: 'stop',
        title: { zh: '不是票码', en: 'Not a ticket code' },
        detail: { zh: '请出示订单里的入场二维码。', en: 'Ask for the QR code of the ticket.' },
      };
    case 'unknown':
      return {
        tone: 'unsure',
        title: { zh: '结果未知', en: 'Not known' },
        detail: {
          zh: `${wordsOf(check.error).title.zh} 重试不会重复计入场。`,
          en: `${wordsOf(check.error).title.en} Trying again does not count twice.`,
        },
      };
  }
}

const UNDONE: Said = {
  tone: 'stop',
  title: { zh: '入场已撤销', en: 'Entry undone' },
  detail: { zh: '要再次入场请重新验票。', en: 'Check the code again to let its bearer in.' },
};

const admitted = (entries: number): Said => ({
  tone: 'go',
  title: { zh: '放行', en: 'May enter' },
  ...(entries > 1 && { detail: { zh: `第 ${entries} 次入场`, en: `entry number ${entries}` } }),
});

function refused({ answer, at }: Extract<Check, { kind: 'answered' }>): Said {
  const { check_result, entry_count, first_check_time, gate_open_time } = answer;
  const words = fieldAt(knownContract(METHOD).response, 'check_result').note.values?.[String(check_result)];
  const title: Label =
    check_result === USED_UP ? { zh: '已经用过', en: 'Used before' } : (words ?? { zh: '拒绝入场', en: 'Refused' });
  if (check_result === NOT_OPEN && gate_open_time != null) {
    const opens = instantText(gate_open_time);
    return { tone: 'stop', title, detail: { zh: `${opens} 起放行`, en: `Opens ${opens}` } };
  }
  if (first_check_time == null) return { tone: 'stop', title };
  const [time, ago] = [instantText(first_check_time), agoWords(first_check_time, at)];
  return {
    tone: 'stop',
    title,
    detail: {
      zh: `首次入场 ${time}（${ago.zh}），共 ${entry_count} 次`,
      en: `First let in ${time} (${ago.en}), ${entry_count} in all`,
    },
  };
}

const MARKS = { go: CheckCircleFilled, stop: CloseCircleFilled, unsure: QuestionCircleFilled };

/** The verdict on the last code, large enough to be read at arm's length. */
export function Verdict({ check, again }: { check: Check; again: () => void }) {
  const t = useLabels();
  const { tone, title, detail } = saidOf(check);
  const Mark = MARKS[tone];
  return (
    <output className={`gate-verdict gate-${tone}`} aria-live="assertive">
      <Mark className="gate-mark" />
      <strong className="gate-title">{t(title)}</strong>
      {detail && <span className="gate-detail">{t(detail)}</span>}
      <span className="console-id gate-ticket">
        {check.kind === 'answered' && check.answer.ticket_code_id} {formatInstant(check.at).slice(11)}
      </span>
      {tone === 'unsure' && (
        <Button size="large" onClick={again}>
          {t({ zh: '重试', en: 'Try again' })}
        </Button>
      )}
    </output>
  );
}

type Undone = (check_id: string) => void;

/** Undoes an admission of this device; stands in the list, since the verdict goes away by itself. */
function UndoCheck({ check, undone }: { check: Check; undone: Undone }) {
  if (check.kind !== 'answered' || !isAdmitted(check)) return null;
  const { check_id, answer } = check;
  return <UndoButton ticket_code_id={answer.ticket_code_id} check_id={check_id} onDone={() => undone(check_id)} />;
}

/** Checks of this device, the latest first. */
export function Earlier({ checks, undone }: { checks: readonly Check[]; undone: Undone }) {
  const t = useLabels();
  if (checks.length === 0) return null;
  const count = checks.filter(isAdmitted).length;
  return (
    <section aria-label={t({ zh: '本机最近检票', en: 'Latest checks of this device' })}>
      <h3 className="gate-earlier-title">
        {t({ zh: `本机最近 ${checks.length} 次，放行 ${count}`, en: `Last ${checks.length} here, ${count} let in` })}
      </h3>
      <ul className="gate-earlier">
        {checks.map((check) => {
          const { tone, title } = saidOf(check);
          return (
            <li key={check.check_id}>
              <span className={`gate-dot gate-${tone}`} />
              <span className="console-number">{formatInstant(check.at).slice(11)}</span>
              <span>{t(title)}</span>
              <span className="console-id gate-ticket">
                {check.kind === 'answered' ? check.answer.ticket_code_id : ''}
              </span>
              <UndoCheck check={check} undone={undone} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
