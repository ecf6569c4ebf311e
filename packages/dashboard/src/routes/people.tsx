import type { ReactNode } from 'react';
import { PeoplePage } from '../modules/people/people-page.tsx';

export function Page(): ReactNode {
  return <PeoplePage />;
}
