import { Link } from '@tanstack/react-router';
import { LayoutGrid } from 'lucide-react';
import { Mark } from './mark.tsx';
import { DESTINATIONS } from './navigation.ts';
import { PersonMenu, ProjectSwitcher } from './late-parts.tsx';

export interface PlaceProps {
  /** The project that is shown around the page. */
  readonly project: string | null;
  /** The project of the page itself; null outside of projects. */
  readonly current: string | null;
}

/** What a place one can go to looks like. */
export const PLACE_LINK =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-text max-lg:h-11';

/** The left edge on wide screens. */
export function Rail({ project, current }: PlaceProps) {
  return (
    <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r bg-surface lg:flex">
      <div className="flex h-14 items-center gap-1 px-3">
        <Mark />
        <ProjectSwitcher project={project} />
      </div>
      <nav aria-label="Project" className="flex-1 overflow-y-auto px-3 py-2">
        {project === null ? (
          <Link to="/projects" activeOptions={{ exact: true }} className={PLACE_LINK}>
            <LayoutGrid className="size-4 shrink-0" aria-hidden="true" />
            All projects
          </Link>
        ) : (
          <ProjectLinks project={project} current={current} />
        )}
      </nav>
      <div className="border-t p-3">
        <PersonMenu />
      </div>
    </aside>
  );
}

/** The pages of a project; in the rail and in the drawer. */
export function ProjectLinks({ project, onGo }: PlaceProps & { readonly project: string; readonly onGo?: () => void }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {DESTINATIONS.map(({ to, label, icon: Icon }) => (
        <li key={to}>
          <Link to={to} params={{ project }} {...(onGo === undefined ? {} : { onClick: onGo })} className={PLACE_LINK}>
            <Icon className="size-4 shrink-0" aria-hidden="true" />
            {label}
          </Link>
        </li>
      ))}
    </ul>
  );
}
