import type { ReactNode } from 'react';
import { ChangePage } from '../modules/history/change-page.tsx';

export function Page(): ReactNode {
  return <ChangePage />;
}
