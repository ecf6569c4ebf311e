import type { Condition } from '@flaghoist/evaluator';
import { Ellipsis, Trash2 } from 'lucide-react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { NO_PROBLEMS, problemAt, type Problems, problemsUnder } from '../check/problems.ts';
import type { ConditionPlace } from '../draft/actions.ts';
import { useEditing } from '../editing/editing-context.ts';
import { AttributeConditionEditor } from './attribute-condition-editor.tsx';
import { BucketConditionEditor } from './bucket-condition-editor.tsx';
import { GroupConditionEditor } from './group-condition-editor.tsx';
import { Said } from './said.tsx';
import { SegmentConditionEditor } from './segment-condition-editor.tsx';

export interface ConditionEditorProps<Kind extends Condition = Condition> {
  readonly condition: Kind;
  readonly place: ConditionPlace;
  /** Of the condition, as problems write it. */
  readonly path: string;
  readonly problems: Problems;
}

/** One condition with its menu; groups hold others. */
export function ConditionEditor({ condition, place, path, problems }: ConditionEditorProps) {
  const own = problems.length === 0 ? NO_PROBLEMS : problemsUnder(problems, path);
  return (
    <div className="flex min-w-0 items-start gap-1">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <Kind {...{ condition, place, path }} problems={own} />
        <Said problem={problemAt(own, path)} />
      </div>
      <ConditionMenu condition={condition} place={place} />
    </div>
  );
}

function Kind({ condition, ...rest }: ConditionEditorProps) {
  if ('attribute' in condition) return <AttributeConditionEditor condition={condition} {...rest} />;
  if ('segment' in condition) return <SegmentConditionEditor condition={condition} {...rest} />;
  if ('bucket' in condition) return <BucketConditionEditor condition={condition} {...rest} />;
  return <GroupConditionEditor condition={condition} {...rest} />;
}

function ConditionMenu({ condition, place }: Pick<ConditionEditorProps, 'condition' | 'place'>) {
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
