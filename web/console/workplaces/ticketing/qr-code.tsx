import { create } from 'qrcode';
import { useMemo } from 'react';

/** Modules of light ground around a code, as its standard asks (ISO/IEC 18004 6.3.8). */
const QUIET = 4;

/** A text as a QR code, dark on light in every theme, sharp at any size and in print. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    return { size: modules.size + 2 * QUIET, path: pathOf(modules.size, modules.data) };
  }, [text]);
  return (
    <svg
      className="ticketing-qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function pathOf(size: number, data: ArrayLike<number>): string {
  let path = '';
  for (let at = 0; at < size * size; at += 1)
    if (data[at]) path += `M${(at % size) + QUIET} ${Math.floor(at / size) + QUIET}h1v1h-1z`;
  return path;
}
