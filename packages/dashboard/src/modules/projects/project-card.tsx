import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { environmentHue, inOrder } from '../../api/environment-look.ts';
import type { Project } from '../../api/openapi.d.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { Badge } from '../../ui/badge.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

const MOST_NAMED = 4;

/** One project; leads to its flags. */
export function ProjectCard({ project }: { readonly project: Project }) {
  const { data } = useQuery(environmentsQuery(project.key));
  const environments = inOrder(data ?? []);
  return (
    <Link
      to="/projects/$project/flags"
      params={{ project: project.key }}
      className="flex h-31 flex-col rounded-lg border bg-surface p-4 hover:border-edge"
    >
      <span className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 truncate text-md font-semibold" title={project.name}>
          {project.name}
        </span>
        {project.archivedAt !== null && <Badge>Archived</Badge>}
      </span>
      <span className="truncate font-mono text-sm text-faint">{project.key}</span>
      <span className="mt-auto flex flex-wrap gap-x-3 overflow-hidden text-sm text-soft">
        {data === undefined && <Skeleton className="h-4 w-40" />}
        {environments.slice(0, MOST_NAMED).map(({ key, name }) => (
          <span key={key} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <Dot hue={environmentHue(key)} />
            {name}
          </span>
        ))}
        {environments.length > MOST_NAMED && (
          <span className="text-faint">and {environments.length - MOST_NAMED} more</span>
        )}
        {data !== undefined && environments.length === 0 && <span className="text-faint">No environment yet</span>}
      </span>
    </Link>
  );
}
