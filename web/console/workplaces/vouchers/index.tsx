import { Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { type LazyPageAt, page, themedPage } from '../../lazy-page.tsx';
import { Batches } from './batches.tsx';
import './vouchers.css';

const batch = page(() => import('./batch.tsx'), 'BatchPage');
const codes = page(() => import('./codes.tsx'), 'Codes');
const why = themedPage(() => import('./why-not.tsx'), 'WhyNotVoucher');

/** What the list has no use for. */
export const later = [batch, codes, why];

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first = 'batches']) =>
  first === 'batches' ? undefined : first === 'codes' ? codes : first === 'why' ? why : batch;

/** The vouchers workplace: batches of codes, one batch, the search for a code, and why not. */
export default function Vouchers() {
  return (
    <>
      <Sections
        workplace="vouchers"
        parts={{
          batches: { zh: '批次', en: 'Batches' },
          codes: { zh: '查券码', en: 'Find a code' },
          why: { zh: '为什么不行', en: 'Why not?' },
        }}
      />
      <Routes>
        <Route path="codes" element={<codes.Shown />} />
        <Route path="why" element={<why.Shown />} />
        <Route path="batches" element={<Batches />} />
        <Route path=":mix_id/:part?" element={<batch.Shown />} />
        <Route path="*" element={<Batches />} />
      </Routes>
    </>
  );
}
