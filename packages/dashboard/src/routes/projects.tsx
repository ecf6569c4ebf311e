import type { ReactNode } from 'react';
import { ProjectsPage } from '../modules/projects/projects-page.tsx';

export function Page(): ReactNode {
  return <ProjectsPage />;
}
