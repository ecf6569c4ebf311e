import type { GroupCondition } from '@flaghoist/evaluator';
import { Select } from '../../../ui/select.tsx';
import { problemAt } from '../check/problems.ts';
import { useEditing } from '../editing/editing-context.ts';
import type { ConditionEditorProps } from './condition-editor.tsx';
import { ConditionList } from './condition-list.tsx';
import { Said } from './said.tsx';

const GROUPS = [
  { value: 'all', label: 'all of these hold' },
  { value: 'any', label: 'any of these holds' },
  { value: 'none', label: 'none of these holds' },
] as const;

export function GroupConditionEditor({ condition, place, path, problems }: ConditionEditorProps<GroupCondition>) {
  const { edit } = useEditing();
  return (
    <div className="flex min-w-0 flex-col gap-2 rounded-lg border border-dashed border-edge/60 p-2.5">
      <Select
        aria-label="How the group holds"
        value={condition.group}
        onChange={(group) => edit({ do: 'set condition', place, condition: { ...condition, group } })}
        options={GROUPS}
        className="w-48 self-start"
      />
      <ConditionList
        rule={place.rule}
        at={place.at}
        conditions={condition.conditions}
        path={`${path}.conditions`}
        problems={problems}
        joint={condition.group === 'all' ? 'and' : 'or'}
      />
      <Said problem={problemAt(problems, `${path}.group`)} />
    </div>
  );
}
