import type { ReactNode } from 'react';
import { SegmentsPage } from '../modules/segments/segments-page.tsx';

export function Page(): ReactNode {
  return <SegmentsPage />;
}
