import type { ReactNode } from 'react';
import { PasswordResetPage } from '../modules/entry/password-reset-page.tsx';

export function Page(): ReactNode {
  return <PasswordResetPage />;
}
