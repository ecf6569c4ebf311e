import type { ReactNode } from 'react';
import { ComparePage } from '../modules/compare/compare-page.tsx';

export function Page(): ReactNode {
  return <ComparePage />;
}
