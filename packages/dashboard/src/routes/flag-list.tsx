import type { ReactNode } from 'react';
import { FlagListPage } from '../modules/flag-list/flag-list-page.tsx';

export function Page(): ReactNode {
  return <FlagListPage />;
}
