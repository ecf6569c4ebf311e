import { PageHeader } from '../../ui/page-header.tsx';

/** Not built yet. */
export function ProjectsPage() {
  return <PageHeader title="Projects" />;
}
