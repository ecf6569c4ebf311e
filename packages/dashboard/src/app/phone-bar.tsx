import { Link, useLocation } from '@tanstack/react-router';
import { LayoutGrid, Menu as MenuIcon } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { lazyPart } from '../ui/lazy-part.ts';
import { DESTINATIONS } from './navigation.ts';
import type { PlaceProps } from './rail.tsx';

const PhoneDrawer = lazyPart(() => import('./phone-drawer.tsx').then(({ PhoneDrawer: Part }) => Part));

const LOOK =
  'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-text -outline-offset-2!';

/** The lower edge on narrow screens: the pages one needs most, and the rest, oneself included, behind “More”. */
export function PhoneBar({ project, current }: PlaceProps) {
  const [isOpen, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  const { pathname } = useLocation();
  // Wherever it led to: one is there.
  useEffect(() => setOpen(false), [pathname]);
  const open = () => {
    setWasOpen(true);
    setOpen(true);
  };
  return (
    <>
      <nav
        aria-label="Main pages"
        className="fixed inset-x-0 bottom-0 z-20 flex border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {project === null ? (
          <Link to="/projects" activeOptions={{ exact: true }} className={LOOK}>
            <LayoutGrid className="size-5" aria-hidden="true" />
            Projects
          </Link>
        ) : (
          DESTINATIONS.filter(({ isMain }) => isMain).map(({ to, label, icon: Icon }) => (
            <Link key={to} to={to} params={{ project }} className={LOOK}>
              <Icon className="size-5" aria-hidden="true" />
              {label}
            </Link>
          ))
        )}
        <button type="button" className={LOOK} onClick={open}>
          <MenuIcon className="size-5" aria-hidden="true" />
          More
        </button>
      </nav>
      <Suspense>
        {wasOpen && <PhoneDrawer project={project} current={current} open={isOpen} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
