import type { Condition } from '@flaghoist/evaluator';
import { Ellipsis, Trash2 } from 'lucide-react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { useEditing } from '../editing/editing-context.ts';
import type { ConditionEditorProps } from './condition-props.ts';

export function ConditionMenu({ condition, place }: Pick<ConditionEditorProps, 'condition' | 'place'>) {
  const { edit } = useEditing();
  const set = (next: Condition) => edit({ do: 'set condition', place, condition: next });
  return (
    <Menu align="end" trigger={<IconButton icon={Ellipsis} label="More for this condition" />}>
      {'attribute' in condition && condition.dialect !== undefined && (
        <MenuItem
          onSelect={() => {
            const { dialect: _dialect, ...rest } = condition;
            set(rest);
          }}
        >
          Read values by the standard, not as {condition.dialect}
        </MenuItem>
      )}
      {'group' in condition ? (
        condition.conditions.length === 1 && (
          <MenuItem onSelect={() => condition.conditions[0] !== undefined && set(condition.conditions[0])}>
            Take out of the group
          </MenuItem>
        )
      ) : (
        <MenuItem onSelect={() => set({ group: 'any', conditions: [condition] })}>Put into a group</MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={Trash2} tone="danger" onSelect={() => edit({ do: 'remove condition', place })}>
        Remove the condition
      </MenuItem>
    </Menu>
  );
}
