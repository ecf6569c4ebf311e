import type { ReactNode } from 'react';
import { KeysPage } from '../modules/keys/keys-page.tsx';

export function Page(): ReactNode {
  return <KeysPage />;
}
