import type { ReactNode } from 'react';
import { FleetPage } from '../modules/fleet/fleet-page.tsx';

export function Page(): ReactNode {
  return <FleetPage />;
}
