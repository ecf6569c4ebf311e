import { PageHeader } from '../../ui/page-header.tsx';

/** Not built yet. */
export function KeysPage() {
  return <PageHeader title="SDK keys" />;
}
