import type { ReactNode } from 'react';
import { EnvironmentsPage } from '../modules/environments/environments-page.tsx';

export function Page(): ReactNode {
  return <EnvironmentsPage />;
}
