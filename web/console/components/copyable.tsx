import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { type ReactNode, useState } from 'react';
import { useLabels } from '../language.tsx';

const SHOWN_MS = 3000;

/** Puts a text into the clipboard, also on plain http, where browsers have no other way. */
function copy(text: string): void {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', put, { once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', put);
}

/** An id with a button that copies it whole; `children` stand for it where it is too long. */
export function Copyable({ text, children = text }: { text: string; children?: ReactNode }) {
  const t = useLabels();
  const [copied, setCopied] = useState(false);
  const act = () => {
    copy(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const label = copied ? t({ zh: '已复制', en: 'Copied' }) : t({ zh: '复制', en: 'Copy' });
  return (
    <span className="console-id">
      {children}{' '}
      <button type="button" className="console-copy" aria-label={label} title={label} onClick={act}>
        {copied ? <CheckOutlined /> : <CopyOutlined />}
      </button>
    </span>
  );
}
