import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, ChevronsUpDown, LayoutGrid } from 'lucide-react';
import { projectQuery, projectsQuery } from '../api/queries/projects.ts';
import { Menu, MenuGroup, MenuLink, MenuSeparator } from '../ui/menu.tsx';

/** Names the project one is in, and leads to the others. */
export function ProjectSwitcher({ project }: { readonly project: string | null }) {
  const { data: projects = [] } = useQuery(projectsQuery);
  // The page has read it by now; the others come when it is drawn.
  const { data: current } = useQuery({ ...projectQuery(project ?? ''), enabled: project !== null });
  const open = projects.filter(({ archivedAt, key }) => archivedAt === null || key === project);
  const name = current?.name ?? project ?? 'Projects';
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-9 min-w-0 flex-1 items-center gap-1 rounded-md px-2 text-left font-semibold hover:bg-hover"
        >
          <span className="sr-only">Project: </span>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden="true" />
        </button>
      }
    >
      {open.length > 0 && (
        <MenuGroup label="Projects">
          {open.map((one) => (
            <MenuLink key={one.key} render={<Link to="/projects/$project/flags" params={{ project: one.key }} />}>
              <span className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate">{one.name}</span>
                {one.key === project && <Check className="size-4 shrink-0 text-accent-text" aria-label="This one" />}
              </span>
            </MenuLink>
          ))}
        </MenuGroup>
      )}
      {open.length > 0 && <MenuSeparator />}
      <MenuLink render={<Link to="/projects" />} icon={LayoutGrid}>
        All projects
      </MenuLink>
    </Menu>
  );
}
