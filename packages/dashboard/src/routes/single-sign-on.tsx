import type { ReactNode } from 'react';
import { SingleSignOnPage } from '../modules/single-sign-on/single-sign-on-page.tsx';

export function Page(): ReactNode {
  return <SingleSignOnPage />;
}
