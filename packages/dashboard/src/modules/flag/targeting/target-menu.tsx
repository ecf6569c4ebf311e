import { Plus } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';

export interface TargetMenuProps {
  /** Those that have no targets yet. */
  readonly variants: readonly string[];
  readonly onChoose: (variant: string) => void;
}

/** Begins the targets of another variant. */
export function TargetMenu({ variants, onChoose }: TargetMenuProps) {
  return (
    <Menu
      align="end"
      trigger={
        <Button size="sm" icon={Plus}>
          Add target
        </Button>
      }
    >
      {variants.map((name) => (
        <MenuItem key={name} onSelect={() => onChoose(name)}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
