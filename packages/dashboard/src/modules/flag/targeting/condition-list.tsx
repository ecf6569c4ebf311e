import type { Condition, GroupCondition } from '@flaghoist/evaluator';
import { Braces, CirclePercent, ListFilter, Plus, Users } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { Select } from '../../../ui/select.tsx';
import { NO_PROBLEMS, problemAt, type Problems, problemsUnder } from '../check/problems.ts';
import { beginCondition, type ConditionKind } from '../draft/new-rule.ts';
import { useEditing } from '../editing/editing-context.ts';
import { AttributeConditionEditor } from './attribute-condition-editor.tsx';
import { BucketConditionEditor } from './bucket-condition-editor.tsx';
import { ConditionMenu } from './condition-menu.tsx';
import type { ConditionEditorProps } from './condition-props.ts';
import { Said } from './said.tsx';
import { SegmentConditionEditor } from './segment-condition-editor.tsx';

export interface ConditionListProps {
  readonly rule: string;
  /** The place of the group they stand in; empty: the rule's own list. */
  readonly at: readonly number[];
  readonly conditions: readonly Condition[];
  readonly path: string;
  readonly problems: Problems;
  readonly joint: 'and' | 'or';
}

const KINDS = [
  { kind: 'attribute', label: 'Attribute', icon: ListFilter },
  { kind: 'segment', label: 'Segment', icon: Users },
  { kind: 'bucket', label: 'Share of people', icon: CirclePercent },
  { kind: 'group', label: 'Group', icon: Braces },
] as const satisfies readonly { readonly kind: ConditionKind; readonly label: string; readonly icon: typeof Users }[];

/** Conditions in order, with the word that joins them before each. */
export function ConditionList({ rule, at, conditions, path, problems, joint }: ConditionListProps) {
  const { edit } = useEditing();
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ol className="flex min-w-0 flex-col gap-2">
        {conditions.map((condition, index) => (
          // Conditions have no names; their place is what they are edited by.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className="grid min-w-0 gap-x-3 gap-y-1 sm:grid-cols-[3.25rem_minmax(0,1fr)]">
            <span className="pt-1.5 text-sm text-faint sm:text-right">
              {index === 0 ? (at.length === 0 ? 'Where' : '') : joint}
            </span>
            <ConditionEditor
              condition={condition}
              place={{ rule, at: [...at, index] }}
              path={`${path}[${index}]`}
              problems={problems}
            />
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-3 sm:pl-16">
        <Menu
          trigger={
            <Button size="sm" tone="ghost" icon={Plus}>
              Add condition
            </Button>
          }
        >
          {KINDS.map(({ kind, label, icon }) => (
            <MenuItem
              key={kind}
              icon={icon}
              onSelect={() => edit({ do: 'add condition', rule, into: at, condition: beginCondition(kind) })}
            >
              {label}
            </MenuItem>
          ))}
        </Menu>
        <Said problem={problemAt(problems, path)} />
      </div>
    </div>
  );
}

/** One condition with its menu; groups hold others. */
function ConditionEditor({ condition, place, path, problems }: ConditionEditorProps) {
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

const GROUPS = [
  { value: 'all', label: 'all of these hold' },
  { value: 'any', label: 'any of these holds' },
  { value: 'none', label: 'none of these holds' },
] as const;

function GroupConditionEditor({ condition, place, path, problems }: ConditionEditorProps<GroupCondition>) {
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
