import { PageHeader } from '../../ui/page-header.tsx';

/** Not built yet. */
export function EnvironmentsPage() {
  return <PageHeader title="Environments" />;
}
