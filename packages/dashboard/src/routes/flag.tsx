import type { ReactNode } from 'react';
import { FlagPage } from '../modules/flag/flag-page.tsx';

export function Page(): ReactNode {
  return <FlagPage />;
}
