import { useQuery } from '@tanstack/react-query';
import type { Label } from '../../../../src/contract/schema.ts';
import { PAY_RESULTS } from '../../../../src/contract/ticketing/pay.ts';
import type { AnswerOf } from '../../client.ts';
import { Flex } from '../../components/flex.tsx';
import { Refusal, Waiting } from '../../components/states.tsx';
import { instantText, money } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { UndoButton } from './undo.tsx';

const METHOD = 'piaoquan.ticketing.order.history';
const NOTHING: Label = { zh: '', en: '' };
type Happening = AnswerOf<typeof METHOD>['events'][number];

const COLOURS: Readonly<Record<string, string>> = {
  ...{ PAID: 'green', ISSUED: 'green', CHECKED: 'blue' },
  ...{
    PAY_DUE: 'red',
    REFUNDED: 'orange',
    PAY_REFUNDED: 'orange',
    CHECK_UNDONE: 'orange',
    CANCELLED: 'gray',
    TIMED_OUT: 'gray',
  },
};

/** What a note says beside what happened: the gate of an entry, why a payment is due, the reason of a refund. */
function noteWords(event: string, note: string | null | undefined): Label {
  const said = note ?? '';
  switch (event) {
    case 'CHECKED':
      return said === '' ? NOTHING : { zh: `闸机 ${said}`, en: `gate ${said}` };
    case 'PAID':
      return NOTHING;
    case 'PAY_DUE':
      return PAY_RESULTS[said as keyof typeof PAY_RESULTS] ?? { zh: said, en: said };
    default:
      return { zh: said, en: said };
  }
}

/** The life of an order as it was recorded, earliest first. */
export function OrderLife({ order_id }: { order_id: string }) {
  const { client } = useSession();
  const found = useQuery({
    queryKey: [METHOD, order_id],
    queryFn: async () => (await client.call(METHOD, { order_id })).events,
  });
  if (found.data === undefined) return found.error ? <Refusal error={found.error} /> : <Waiting />;
  return (
    <ol className="ticketing-life">
      {found.data.map((happening, index) => (
        <li key={`${index} ${happening.event}`} className={COLOURS[happening.event] ?? 'gray'}>
          <Step happening={happening} />
        </li>
      ))}
    </ol>
  );
}

function Step({ happening }: { happening: Happening }) {
  const { time, event, ref, ticket_count, money: fen, note, check_id, is_undone } = happening;
  const t = useLabels();
  const words = fieldAt(knownContract(METHOD).response, 'events.event').note.values?.[event];
  const facts = [
    ticket_count == null
      ? ''
      : t({ zh: `${ticket_count} 张`, en: `${ticket_count} ticket${ticket_count === 1 ? '' : 's'}` }),
    fen == null ? '' : money(fen),
    t(noteWords(event, note)),
    is_undone === true ? t({ zh: '已撤销', en: 'undone since' }) : '',
  ].filter(Boolean);
  return (
    <Flex vertical>
      <span>{words === undefined ? event : t(words)}</span>
      <span className="console-dim console-number">{instantText(time)}</span>
      {facts.length > 0 && <span>{facts.join(' · ')}</span>}
      {ref && <span className="console-dim console-id">{ref}</span>}
      {event === 'CHECKED' && is_undone === false && ref && check_id && (
        <div>
          <UndoButton ticket_code_id={ref} check_id={check_id} />
        </div>
      )}
    </Flex>
  );
}
