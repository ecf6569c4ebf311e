import { useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { type ReactNode, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { LiveProvider } from '../api/live-provider.tsx';
import { loadAhead } from '../ui/late-part.tsx';
import { lazyPart } from '../ui/lazy-part.ts';
import { ShortcutHelp, useShortcut } from '../ui/shortcuts.tsx';
import { lastProject, rememberProject } from './last-project.ts';
import { DESTINATIONS, type Destination } from './navigation.ts';
import { PhoneBar } from './phone-bar.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

const Palette = lazyPart(() => import('../modules/palette/palette.tsx').then(({ Palette: Part }) => Part));

export interface AppShellProps {
  /** One came from a page that stands alone, such as signing in. */
  readonly isArrival: boolean;
  readonly children: ReactNode;
}

/** What stands around every page: where one can go, searching, and how the live line stands. */
export function AppShell({ isArrival, children }: AppShellProps) {
  const { project } = useParams({ strict: false });
  const main = useFocusOnArrival(isArrival);
  useEffect(() => {
    if (project !== undefined) rememberProject(project);
  }, [project]);
  // Pages outside of projects keep the rail of the project one came from.
  const shown = project ?? lastProject();
  const frame = (
    <Frame main={main} project={shown} current={project ?? null}>
      {children}
    </Frame>
  );
  return project === undefined ? frame : <LiveProvider project={project}>{frame}</LiveProvider>;
}

function Frame({
  main,
  project,
  current,
  children,
}: {
  readonly main: RefObject<HTMLElement | null>;
  readonly project: string | null;
  readonly current: string | null;
  readonly children: ReactNode;
}) {
  const [isSearching, setSearching] = useState(false);
  const [hasSearched, setSearched] = useState(false);
  const search = () => {
    setSearched(true);
    setSearching(true);
  };
  useEffect(() => {
    // Who opens it types into it at once.
    void loadAhead([Palette.ahead]);
  }, []);
  useShortcut({ keys: 'mod+k', label: 'Search and go anywhere', group: 'General' }, search);
  return (
    <>
      <a
        href="#page"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-white focus:translate-y-0"
      >
        Skip to the page
      </a>
      <div className="flex min-h-dvh">
        <Rail project={project} current={current} />
        <div className="flex min-w-0 flex-1 flex-col max-lg:pb-16">
          <TopBar project={project} current={current} onSearch={search} />
          <main
            ref={main}
            id="page"
            tabIndex={-1}
            className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none sm:px-6 lg:px-8"
          >
            {children}
          </main>
        </div>
      </div>
      <PhoneBar project={project} current={current} />
      {project !== null &&
        DESTINATIONS.map((destination) => (
          <GoShortcut key={destination.to} destination={destination} project={project} />
        ))}
      <ShortcutHelp />
      <Suspense>
        {hasSearched && <Palette open={isSearching} onClose={() => setSearching(false)} project={current} />}
      </Suspense>
    </>
  );
}

function GoShortcut({ destination, project }: { readonly destination: Destination; readonly project: string }) {
  const navigate = useNavigate();
  useShortcut({ keys: destination.keys, label: `Go to ${destination.label}`, group: 'Go' }, () => {
    void navigate({ to: destination.to, params: { project } });
  });
  return null;
}

/** A new page gets the focus, so that a screen reader begins there; the first one keeps the browser's. */
function useFocusOnArrival(isArrival: boolean): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  // Of the page that is shown: what had the focus on the one before is gone by then.
  const pathname = useRouterState({
    select: ({ resolvedLocation, location }) => (resolvedLocation ?? location).pathname,
  });
  const before = useRef(isArrival ? null : pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    // A page that put the focus somewhere itself knows better.
    if (main.current !== null && !main.current.contains(document.activeElement))
      main.current.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
