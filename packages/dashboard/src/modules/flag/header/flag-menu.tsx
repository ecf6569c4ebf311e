import { Archive, Ellipsis, PencilLine } from 'lucide-react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';

/** What asks for a dialog of its own. */
export type FlagTask = 'details' | 'archive';

export interface FlagMenuProps {
  readonly mayDescribe: boolean;
  readonly mayArchive: boolean;
  readonly onChoose: (task: FlagTask) => void;
}

/** What can be done to the flag as a whole. */
export function FlagMenu({ mayDescribe, mayArchive, onChoose }: FlagMenuProps) {
  return (
    <Menu align="end" trigger={<IconButton tone="secondary" icon={Ellipsis} label="More for this flag" />}>
      {mayDescribe && (
        <MenuItem icon={PencilLine} onSelect={() => onChoose('details')}>
          Edit details
        </MenuItem>
      )}
      {mayArchive && (
        <MenuItem icon={Archive} tone="danger" onSelect={() => onChoose('archive')}>
          Archive the flag
        </MenuItem>
      )}
    </Menu>
  );
}
