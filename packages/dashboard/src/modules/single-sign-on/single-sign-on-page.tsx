import { PageHeader } from '../../ui/page-header.tsx';

/** Not built yet. */
export function SingleSignOnPage() {
  return <PageHeader title="Single sign-on" />;
}
