import { Drawer } from '../ui/drawer.tsx';
import { PersonMenu } from './person-menu.tsx';
import { type PlaceProps, ProjectLinks } from './rail.tsx';

export interface PhoneDrawerProps extends PlaceProps {
  readonly project: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** All pages, on narrow screens. Loaded when it is first opened. */
export function PhoneDrawer({ project, current, open, onClose }: PhoneDrawerProps) {
  return (
    <Drawer open={open} onClose={onClose} title="All pages" side="left" size="sm" footer={<PersonMenu />}>
      <nav aria-label="Project">
        <ProjectLinks project={project} current={current} onGo={onClose} />
      </nav>
    </Drawer>
  );
}
