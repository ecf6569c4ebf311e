import type { ReactNode } from 'react';
import { SegmentPage } from '../modules/segments/segment-page.tsx';

export function Page(): ReactNode {
  return <SegmentPage />;
}
