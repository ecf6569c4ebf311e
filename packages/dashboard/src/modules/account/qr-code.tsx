import { useMemo } from 'react';
import { encode } from 'uqr';

/** Quiet modules around it (ISO/IEC 18004), without which some cameras do not find it. */
const MARGIN = 4;

/** A QR code, dark on light in both themes: cameras want it so. `label` says what it is for whoever cannot see it. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-44 shrink-0 rounded-lg bg-white text-[#000]"
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}

function draw(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: MARGIN });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: squares.join('') };
}
