import { Link } from '@tanstack/react-router';
import { LayoutGrid } from 'lucide-react';
import { Drawer } from '../ui/drawer.tsx';
import { PersonMenu } from './person-menu.tsx';
import { PLACE_LINK, type PlaceProps, ProjectLinks } from './rail.tsx';

export interface PhoneDrawerProps extends PlaceProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** All pages, on narrow screens. Loaded when it is first opened. */
export function PhoneDrawer({ project, current, open, onClose }: PhoneDrawerProps) {
  return (
    <Drawer open={open} onClose={onClose} title="All pages" side="left" size="sm" footer={<PersonMenu />}>
      {project !== null && (
        <nav aria-label="Project" className="mb-2 border-b pb-2">
          <ProjectLinks project={project} current={current} onGo={onClose} />
        </nav>
      )}
      <Link to="/projects" activeOptions={{ exact: true }} onClick={onClose} className={PLACE_LINK}>
        <LayoutGrid className="size-4 shrink-0" aria-hidden="true" />
        All projects
      </Link>
    </Drawer>
  );
}
