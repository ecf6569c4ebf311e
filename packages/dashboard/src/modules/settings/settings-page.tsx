import { PageHeader } from '../../ui/page-header.tsx';

/** Not built yet. */
export function SettingsPage() {
  return <PageHeader title="Project settings" />;
}
