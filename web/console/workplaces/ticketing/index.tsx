import { Navigate, Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { type LazyPageAt, page, themedPage } from '../../lazy-page.tsx';
import { useSession } from '../../session.tsx';
import { DuePayments } from './due.tsx';
import { Orders } from './orders.tsx';
import { Projects } from './projects.tsx';
import './gate.css';
import './ticketing.css';

const attendees = themedPage(() => import('./attendees.tsx'), 'Attendees');
const gate = themedPage(() => import('./gate.tsx'), 'Gate');
const order = page(() => import('./order.tsx'), 'OrderPage');
const project = page(() => import('./project.tsx'), 'ProjectPage');
const sellers = themedPage(() => import('./sellers.tsx'), 'Sellers');
const ticket = page(() => import('./ticket.tsx'), 'TicketPage');
const why = themedPage(() => import('./why.tsx'), 'WhyNoOrder');

/** What the lists have no use for. */
export const later = [project, order, ticket, gate, attendees, sellers, why];

const byStep = new Map(Object.entries({ attendees, gate, sellers, why }));

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first, order_id, below]) => {
  if (first === undefined || first === 'due') return undefined;
  if (first !== 'orders') return byStep.get(first) ?? project;
  return order_id === undefined ? undefined : below === undefined ? order : ticket;
};

/** Ticketing: projects and who may sell them, orders and their people, tickets and the gate. */
export default function Ticketing() {
  const { may } = useSession();
  return (
    <>
      <Sections
        workplace="ticketing"
        parts={{
          '': { zh: '项目', en: 'Projects' },
          orders: { zh: '订单', en: 'Orders' },
          due: { zh: '待退款', en: 'To give back' },
          ...(may('piaoquan.ticketing.ticket.check') && { gate: { zh: '检票', en: 'Gate' } }),
          attendees: { zh: '观演人', en: 'Attendees' },
          sellers: { zh: '主办与渠道', en: 'Sellers' },
          why: { zh: '为什么买不了', en: 'Why not?' },
        }}
      />
      <Routes>
        <Route index element={<Projects />} />
        <Route path="orders" element={<Orders />} />
        <Route path="orders/:order_id" element={<order.Shown />} />
        <Route path="orders/:order_id/tickets/:ticket_code_id" element={<ticket.Shown />} />
        <Route path="due" element={<DuePayments />} />
        <Route path="attendees" element={<attendees.Shown />} />
        <Route path="sellers" element={<sellers.Shown />} />
        <Route path="gate" element={<gate.Shown />} />
        <Route path="why" element={<why.Shown />} />
        <Route path=":project_id/:part?" element={<project.Shown />} />
        <Route path="*" element={<Navigate to="/ticketing" replace />} />
      </Routes>
    </>
  );
}
