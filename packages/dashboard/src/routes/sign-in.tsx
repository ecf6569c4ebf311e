import type { ReactNode } from 'react';
import { SignInPage } from '../modules/entry/sign-in-page.tsx';

export function Page(): ReactNode {
  return <SignInPage />;
}
