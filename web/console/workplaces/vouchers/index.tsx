import { Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { BatchPage } from './batch.tsx';
import { Batches } from './batches.tsx';
import { Codes } from './codes.tsx';
import './vouchers.css';
import { WhyNotVoucher } from './why-not.tsx';

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
        <Route path="codes" element={<Codes />} />
        <Route path="why" element={<WhyNotVoucher />} />
        <Route path="batches" element={<Batches />} />
        <Route path=":mix_id/:part?" element={<BatchPage />} />
        <Route path="*" element={<Batches />} />
      </Routes>
    </>
  );
}
