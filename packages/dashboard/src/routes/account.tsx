import type { ReactNode } from 'react';
import { AccountPage } from '../modules/account/account-page.tsx';

export function Page(): ReactNode {
  return <AccountPage />;
}
