import type { ReactNode } from 'react';
import { SettingsPage } from '../modules/settings/settings-page.tsx';

export function Page(): ReactNode {
  return <SettingsPage />;
}
