import { useState } from 'react';
import { Link } from 'react-router';
import type { Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { TicketStatus } from './order-cells.tsx';
import { choose, isUnused, tierNameOf } from './order-rules.ts';
import { PartTable } from './part-table.tsx';
import type { Order, Project, Ticket } from './parts.ts';
import { RefundButton } from './refund.tsx';

const eventNameOf = (project: Project | undefined, id: unknown): string =>
  project?.event_list.find(({ event_id }) => event_id === id)?.event_name ?? String(id);

/** The tickets of an order, of which some can be chosen to be taken back. */
export function Tickets({ order, project }: { order: Order; project: Project | undefined }) {
  const t = useLabels();
  const { may } = useSession();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const open = order.tickets.filter(isUnused);
  const standing = open.filter(({ ticket_code_id }) => chosen.includes(ticket_code_id));
  return (
    <Panel
      title={t({ zh: '票', en: 'Tickets' })}
      extra={
        <Flex wrap gap={8}>
          {standing.length > 0 && standing.length < open.length && <RefundButton order={order} tickets={standing} />}
          {open.length > 0 && <RefundButton order={order} tickets={open} all />}
        </Flex>
      }
    >
      <PartTable
        part="tickets"
        rows={order.tickets}
        rowKey={({ ticket_code_id }) => String(ticket_code_id)}
        columns={['ticket_code_id', 'price_id', 'event_id', 'money', 'ticket_status']}
        cells={{
          ticket_code_id: ({ ticket_code_id }) => (
            <Link to={`/ticketing/orders/${order.order_id}/tickets/${ticket_code_id}`} className="console-id">
              {String(ticket_code_id)}
            </Link>
          ),
          price_id: (row) => tierNameOf(order, row as unknown as Ticket),
          event_id: ({ event_id }) => eventNameOf(project, event_id),
          ticket_status: ({ ticket_status }) => <TicketStatus status={Number(ticket_status)} />,
        }}
        titles={{ price_id: { zh: '票档', en: 'Tier' }, event_id: { zh: '场次', en: 'Event' } }}
        empty={t({ zh: '还没有出票。支付入账后出票。', en: 'No ticket yet. They are issued when the order is paid.' })}
        {...(may('piaoquan.ticketing.order.refund') &&
          open.length > 1 && {
            selection: {
              chosen: standing.map(({ ticket_code_id }) => ticket_code_id),
              choose: (keys: readonly string[]) => setChosen(choose(order, chosen, keys)),
              mayChoose: (row: Row) => isUnused(row as unknown as Ticket),
            },
          })}
      />
    </Panel>
  );
}
