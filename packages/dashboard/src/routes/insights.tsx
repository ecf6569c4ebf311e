import type { ReactNode } from 'react';
import { InsightsPage } from '../modules/insights/insights-page.tsx';

export function Page(): ReactNode {
  return <InsightsPage />;
}
