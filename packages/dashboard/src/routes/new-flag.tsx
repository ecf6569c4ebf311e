import type { ReactNode } from 'react';
import { NewFlagPage } from '../modules/flag-list/new-flag-page.tsx';

export function Page(): ReactNode {
  return <NewFlagPage />;
}
