import type { ReactNode } from 'react';
import { SetupPage } from '../modules/entry/setup-page.tsx';

export function Page(): ReactNode {
  return <SetupPage />;
}
