import { ArrowDown, ArrowUp, Copy, Ellipsis, Trash2 } from 'lucide-react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import type { RuleCardProps } from './rule-card-props.ts';

/** What can be done to a rule as a whole. */
export function RuleMenu({ rule, index, isLast, onMove, onDuplicate, onRemove }: RuleCardProps) {
  return (
    <Menu align="end" trigger={<IconButton icon={Ellipsis} label={`More for rule ${index + 1}`} />}>
      <MenuItem icon={ArrowUp} keys="alt+up" disabled={index === 0} onSelect={() => onMove(rule.id, index - 1)}>
        Move up
      </MenuItem>
      <MenuItem icon={ArrowDown} keys="alt+down" disabled={isLast} onSelect={() => onMove(rule.id, index + 1)}>
        Move down
      </MenuItem>
      <MenuItem icon={Copy} onSelect={() => onDuplicate(rule.id)}>
        Duplicate
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Trash2} tone="danger" onSelect={() => onRemove(rule.id)}>
        Remove the rule
      </MenuItem>
    </Menu>
  );
}
