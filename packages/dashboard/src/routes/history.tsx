import type { ReactNode } from 'react';
import { HistoryPage } from '../modules/history/history-page.tsx';

export function Page(): ReactNode {
  return <HistoryPage />;
}
