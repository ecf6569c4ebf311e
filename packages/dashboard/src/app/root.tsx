import { Outlet, useMatches, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

const AppShell = lazy(() => import('./app-shell.tsx').then(({ AppShell: Shell }) => ({ default: Shell })));

/** The frame of every page: the shell, or nothing for pages that stand alone (signing in). */
export function Root() {
  const last = useMatches({ select: (matches) => matches.at(-1) });
  const { flag, segment, project } = useParams({ strict: false });
  const { title, isBare = false } = last?.staticData ?? {};
  const [hasStoodAlone, setStoodAlone] = useState(isBare);
  if (isBare && !hasStoodAlone) setStoodAlone(true);
  const parts = [flag ?? segment ?? title, project, 'Flaghoist'].filter((part) => part !== undefined);
  return (
    <>
      <title>{parts.join(' · ')}</title>
      {isBare ? (
        <main>
          <Outlet />
        </main>
      ) : (
        <Suspense>
          <AppShell isArrival={hasStoodAlone}>
            <Outlet />
          </AppShell>
        </Suspense>
      )}
    </>
  );
}
