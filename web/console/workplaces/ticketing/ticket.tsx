import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Descriptions, Flex, Form, Input, Typography } from 'antd';
import { Link, useParams } from 'react-router';
import { tokens } from '../../../../src/contract/damai-fields.ts';
import { fieldNote } from '../../../../src/contract/schema.ts';
import { Failure, Nothing, Refusal, Waiting } from '../../components/states.tsx';
import { instantText, money } from '../../components/value.tsx';
import { useLanguage, useWords } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { useProject } from './model.ts';
import { TicketStatus } from './order-cells.tsx';
import { tierNameOf } from './order-rules.ts';
import type { Order, Ticket } from './parts.ts';
import { QrCode } from './qr-code.tsx';

const METHOD = 'alibaba.damai.maizuo.openapi.eticket.qrcode';
const REFUNDED = 4;
const ENGLISH = 2;
/** The channel whose tokens the documentation prints, and every sandbox has. */
const DEMO_CHANNEL = 1;

type Tokens = Readonly<Record<keyof typeof tokens, string>>;

/** One ticket, and its code when the channel's tokens are given. */
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
  const t = useWords();
  const { may } = useSession();
  const { order_id } = order;
  const { ticket_code_id, event_id, ticket_status } = ticket;
  const event = useProject(order.project_id).data?.event_list.find((each) => each.event_id === event_id);
  const fact = (zh: string, en: string, children: React.ReactNode) => ({ key: en, label: t({ zh, en }), children });
  return (
    <Flex vertical gap={16} className="ticketing-ticket">
      <Flex wrap gap={8} align="center">
        <Typography.Title level={2} style={{ margin: 0 }}>
          {t({ zh: '票', en: 'Ticket' })} {ticket_code_id}
        </Typography.Title>
        <TicketStatus status={ticket_status} />
      </Flex>
      <Descriptions
        size="small"
        bordered
        column={1}
        items={[
          fact('订单', 'Order', <Link to={`/ticketing/orders/${order_id}`}>{order_id}</Link>),
          fact('场次', 'Event', event?.event_name ?? event_id),
          fact('演出时间', 'Show', event ? instantText(event.event_show_start_time) : '—'),
          fact('票档', 'Tier', tierNameOf(order, ticket)),
          fact('退款金额', 'A refund returns', money(ticket.money)),
        ]}
      />
      {ticket_status === REFUNDED ? (
        <Alert
          type="error"
          showIcon
          title={t({ zh: '已退票，没有可用的票码。', en: 'Refunded: it has no code any more.' })}
        />
      ) : may(METHOD) ? (
        <TicketCode order={order} ticket={ticket} />
      ) : (
        <Alert
          type="info"
          showIcon
          title={t({
            zh: '您的角色不能查看票码：票码可以入场。',
            en: 'Your role may not see the code: it lets its bearer in.',
          })}
        />
      )}
    </Flex>
  );
}

/** Asks for the code as the channel does that sold the ticket, with its tokens, which are kept nowhere. */
function TicketCode({ order, ticket }: { order: Order; ticket: Ticket }) {
  const t = useWords();
  const { language } = useLanguage();
  const { client, me } = useSession();
  const { order_id, channel_id } = order;
  const { ticket_code_id, event_id } = ticket;
  const question = useMutation({
    mutationFn: async (own: Tokens) => {
      const lang_type = language === 'en' ? ENGLISH : 1;
      const param = { ...own, order_id, event_id: String(event_id), ticket_code_id, lang_type };
      return (await client.call(METHOD, { dynamic_q_r_code_param: param })).result_data;
    },
  });
  const code = question.data?.dynamic_q_r_code_vo?.dynamic_q_r_code;
  if (code)
    return (
      <Code code={code} label={t({ zh: `票 ${ticket_code_id} 的二维码`, en: `QR code of ticket ${ticket_code_id}` })} />
    );
  const isDemo = me.sandbox && channel_id === DEMO_CHANNEL;
  const names = Object.keys(tokens) as (keyof typeof tokens)[];
  return (
    <Card size="small" title={t({ zh: '二维码', en: 'QR code' })}>
      <Refusal error={question.error} />
      {question.data && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 16 }}
          title={question.data.dynamic_q_r_code_vo?.ticket_validate_state_desc ?? question.data.result_msg}
        />
      )}
      <p>
        {t({
          zh: `票码按渠道 ${channel_id} 的身份获取，须填写它的三个凭证；凭证只用于这次查询，不会保存。`,
          en: `The code is asked for as channel ${channel_id}, with its three tokens. They serve this question only and are not kept.`,
        })}
        {isDemo && t({ zh: '沙箱已填好演示凭证。', en: ' The sandbox has filled in the demo tokens.' })}
      </p>
      <Form<Tokens>
        layout="vertical"
        autoComplete="off"
        initialValues={isDemo ? Object.fromEntries(names.map((name) => [name, fieldNote(tokens[name]).example])) : {}}
        onFinish={(own) => question.mutate(own)}
      >
        {names.map((name) => (
          <Form.Item
            key={name}
            name={name}
            label={name}
            rules={[{ required: true, message: t({ zh: '请填写', en: 'Needed' }) }]}
          >
            <Input.Password autoComplete="off" maxLength={256} />
          </Form.Item>
        ))}
        <Button type="primary" htmlType="submit" loading={question.isPending}>
          {t({ zh: '显示二维码', en: 'Show the QR code' })}
        </Button>
      </Form>
    </Card>
  );
}

function Code({ code, label }: { code: string; label: string }) {
  const t = useWords();
  return (
    <Card size="small">
      <Flex vertical gap={12} align="center">
        <QrCode text={code} label={label} />
        <Typography.Text type="secondary">
          {t({
            zh: '谁持有此码谁就能入场，请只交给观众本人。',
            en: 'Whoever has this code may enter: give it to the attendee only.',
          })}
        </Typography.Text>
        <Typography.Paragraph copyable className="console-id ticketing-code">
          {code}
        </Typography.Paragraph>
      </Flex>
    </Card>
  );
}
