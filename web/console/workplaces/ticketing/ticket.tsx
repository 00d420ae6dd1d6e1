import { QrcodeOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Navigate, useParams } from 'react-router';
import { PlainButton } from '../../components/button.tsx';
import { Copyable } from '../../components/copyable.tsx';
import { Facts } from '../../components/facts.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Failure, Nothing, Notice, Refusal, Waiting } from '../../components/states.tsx';
import { instantText, money } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { useProject } from './model.ts';
import { TicketStatus } from './order-cells.tsx';
import { tierNameOf } from './order-rules.ts';
import type { Order, Ticket } from './parts.ts';
import { QrCode } from './qr-code.tsx';

const METHOD = 'piaoquan.ticketing.ticket.code.get';
const REFUNDED = 4;

/** Leads from a ticket's id to the ticket, by the order that it is of. */
export function TicketByItself({ ticket_code_id }: { ticket_code_id: string }) {
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['ticketing ticket', ticket_code_id],
    queryFn: async () => (await client.call('piaoquan.ticketing.order.search', { ticket_code_id })).orders[0] ?? null,
  });
  if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  if (found.data === null) return <Nothing words={{ zh: '没有这张票。', en: 'There is no such ticket.' }} />;
  return <Navigate to={`/ticketing/orders/${found.data.order_id}/tickets/${ticket_code_id}`} replace />;
}

/** One ticket, and its code for those who may see it. */
export function TicketPage() {
  const { order_id = '', ticket_code_id = '' } = useParams();
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['ticketing order', order_id],
    queryFn: async () => (await client.call('piaoquan.ticketing.order.get', { order_id })).order,
  });
  if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  const ticket = found.data.tickets.find((each) => each.ticket_code_id === ticket_code_id);
  if (ticket === undefined) return <Nothing words={{ zh: '订单没有这张票。', en: 'The order has no such ticket.' }} />;
  return <TicketDetail order={found.data} ticket={ticket} />;
}

function TicketDetail({ order, ticket }: { order: Order; ticket: Ticket }) {
  const t = useLabels();
  const { may } = useSession();
  const { order_id } = order;
  const { ticket_code_id, event_id, ticket_status } = ticket;
  const event = useProject(order.project_id).data?.event_list.find((each) => each.event_id === event_id);
  const fact = (zh: string, en: string, children: React.ReactNode) => ({ key: en, label: t({ zh, en }), children });
  return (
    <Flex vertical gap={16} className="ticketing-ticket">
      <Flex wrap gap={8} align="center">
        <h2 className="console-title">
          {t({ zh: '票', en: 'Ticket' })} {ticket_code_id}
        </h2>
        <TicketStatus status={ticket_status} />
      </Flex>
      <Facts
        narrow
        items={[
          fact('订单', 'Order', <Link to={`/ticketing/orders/${order_id}`}>{order_id}</Link>),
          fact('场次', 'Event', event?.event_name ?? event_id),
          fact('演出时间', 'Show', event ? instantText(event.event_show_start_time) : '—'),
          fact('票档', 'Tier', tierNameOf(order, ticket)),
          fact('退款金额', 'A refund returns', money(ticket.money)),
        ]}
      />
      {ticket_status === REFUNDED ? (
        <Notice
          kind="error"
          role="status"
          title={t({ zh: '已退票，没有可用的票码。', en: 'Refunded: it has no code any more.' })}
        />
      ) : may(METHOD) ? (
        <TicketCode ticket_code_id={ticket_code_id} />
      ) : (
        <Notice
          kind="info"
          role="status"
          title={t({
            zh: '您的角色不能查看票码：票码可以入场。',
            en: 'Your role may not see the code: it lets its bearer in.',
          })}
        />
      )}
    </Flex>
  );
}

/** Shows the code when it is asked for: each look is entered in the change log. */
function TicketCode({ ticket_code_id }: { ticket_code_id: string }) {
  const t = useLabels();
  const { client } = useSession();
  const question = useMutation({ mutationFn: () => client.call(METHOD, { ticket_code_id }) });
  if (question.data)
    return (
      <Code
        code={question.data.qrcode}
        label={t({ zh: `票 ${ticket_code_id} 的二维码`, en: `QR code of ticket ${ticket_code_id}` })}
        until={t({
          zh: `有效期至 ${instantText(question.data.valid_until)}`,
          en: `Valid until ${instantText(question.data.valid_until)}`,
        })}
      />
    );
  return (
    <Panel title={t({ zh: '二维码', en: 'QR code' })}>
      <Refusal error={question.error} />
      <p>
        {t({
          zh: '持码即可入场。只在需要时显示，每次查看都会记入变更日志。',
          en: 'Whoever has the code may enter. Show it when it is needed only: every look is entered in the change log.',
        })}
      </p>
      <PlainButton
        type="primary"
        icon={<QrcodeOutlined />}
        loading={question.isPending}
        onClick={() => question.mutate()}
      >
        {t({ zh: '显示二维码', en: 'Show the QR code' })}
      </PlainButton>
    </Panel>
  );
}

function Code({ code, label, until }: { code: string; label: string; until: string }) {
  const t = useLabels();
  return (
    <Panel>
      <Flex vertical gap={12} align="center">
        <QrCode text={code} label={label} />
        <span>{until}</span>
        <span className="console-dim">
          {t({
            zh: '谁持有此码谁就能入场，请只交给观众本人。',
            en: 'Whoever has this code may enter: give it to the attendee only.',
          })}
        </span>
        <div className="ticketing-code">
          <Copyable text={code} />
        </div>
      </Flex>
    </Panel>
  );
}
