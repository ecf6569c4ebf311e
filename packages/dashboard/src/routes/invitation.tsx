import type { ReactNode } from 'react';
import { InvitationPage } from '../modules/entry/invitation-page.tsx';

export function Page(): ReactNode {
  return <InvitationPage />;
}
