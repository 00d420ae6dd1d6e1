import { Navigate, Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { useSession } from '../../session.tsx';
import { Attendees } from './attendees.tsx';
import { Gate } from './gate.tsx';
import { OrderPage } from './order.tsx';
import { Orders } from './orders.tsx';
import { ProjectPage } from './project.tsx';
import { Projects } from './projects.tsx';
import { Sellers } from './sellers.tsx';
import { TicketPage } from './ticket.tsx';
import './gate.css';
import './ticketing.css';
import { WhyNoOrder } from './why.tsx';

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
          ...(may('piaoquan.ticketing.ticket.check') && { gate: { zh: '检票', en: 'Gate' } }),
          attendees: { zh: '观演人', en: 'Attendees' },
          sellers: { zh: '主办与渠道', en: 'Sellers' },
          why: { zh: '为什么买不了', en: 'Why not?' },
        }}
      />
      <Routes>
        <Route index element={<Projects />} />
        <Route path="orders" element={<Orders />} />
        <Route path="orders/:order_id" element={<OrderPage />} />
        <Route path="orders/:order_id/tickets/:ticket_code_id" element={<TicketPage />} />
        <Route path="attendees" element={<Attendees />} />
        <Route path="sellers" element={<Sellers />} />
        <Route path="gate" element={<Gate />} />
        <Route path="why" element={<WhyNoOrder />} />
        <Route path=":project_id/:part?" element={<ProjectPage />} />
        <Route path="*" element={<Navigate to="/ticketing" replace />} />
      </Routes>
    </>
  );
}
