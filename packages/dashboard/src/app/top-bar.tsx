import { Search } from 'lucide-react';
import { Kbd } from '../ui/kbd.tsx';
import { Mark } from './mark.tsx';
import { LiveBadge, ProjectSwitcher } from './late-parts.tsx';
import type { PlaceProps } from './rail.tsx';

/** The upper edge: searching, and how the live line stands; on narrow screens the project too. */
export function TopBar({ project, onSearch }: PlaceProps & { readonly onSearch: () => void }) {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-b bg-canvas/85 px-4 backdrop-blur-md sm:px-6 lg:px-8">
      <div className="flex min-w-0 flex-1 items-center gap-1 lg:hidden">
        <Mark />
        <ProjectSwitcher project={project} />
      </div>
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 items-center gap-2 rounded-md border border-edge/60 bg-surface px-2.5 text-faint hover:border-edge lg:w-80"
      >
        <Search className="size-4 shrink-0" aria-hidden="true" />
        <span className="flex-1 text-left max-lg:sr-only">Search or go to…</span>
        <span className="max-lg:hidden">
          <Kbd keys="mod+k" />
        </span>
      </button>
      <div className="hidden flex-1 lg:block" />
      <LiveBadge />
    </header>
  );
}
