/** The menus of the shell, which come when the page itself is there. */
import { latePart } from '../ui/late-part.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { LiveBadge as Badge } from './live-badge.tsx';
import type { PersonMenu as Person } from './person-menu.tsx';
import type { ProjectSwitcher as Switcher } from './project-switcher.tsx';

export const LiveBadge: typeof Badge = latePart(
  () => import('./live-badge.tsx').then((module) => module.LiveBadge),
  <span className="w-6 sm:w-24" />,
) as typeof Badge;

export const PersonMenu: typeof Person = latePart(
  () => import('./person-menu.tsx').then((module) => module.PersonMenu),
  <div className="flex h-11 items-center gap-2.5 p-1">
    <Skeleton className="size-7 rounded-full" />
    <Skeleton className="h-4 flex-1" />
  </div>,
) as typeof Person;

export const ProjectSwitcher: typeof Switcher = latePart(
  () => import('./project-switcher.tsx').then((module) => module.ProjectSwitcher),
  <div className="flex h-9 min-w-0 flex-1 items-center px-2">
    <Skeleton className="h-4 w-24" />
  </div>,
) as typeof Switcher;
