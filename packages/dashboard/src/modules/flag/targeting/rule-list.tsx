import { LIMITS, type Rule } from '@flaghoist/evaluator';
import { Plus } from 'lucide-react';
import { type PointerEvent, useMemo } from 'react';
import { Button } from '../../../ui/button.tsx';
import { beginDragSort } from '../../../ui/drag-sort.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { FocusAfter } from '../../../ui/focus-after.tsx';
import { Section } from '../../../ui/section.tsx';
import { NO_PROBLEMS, problemAt, type Problems, problemsUnder } from '../check/problems.ts';
import { isSame } from '../draft/same.ts';
import { useEditing } from '../editing/editing-context.ts';
import { useEvent } from '../use-event.ts';
import { RuleCard } from './rule-card.tsx';
import { Said } from './said.tsx';
import { useRuleActions } from './use-rule-actions.ts';

export interface RuleListProps {
  readonly rules: readonly Rule[];
  /** As they are saved: what differs from them is marked. */
  readonly saved: readonly Rule[];
  readonly problems: Problems;
}

/** The rules in the order in which they are asked. */
export function RuleList({ rules, saved, problems }: RuleListProps) {
  const { readOnly } = useEditing();
  const { list, open, spoken, openRule, fold, move, duplicate, rename, remove, add } = useRuleActions(rules, saved);
  const byId = useMemo(() => new Map(saved.map((rule) => [rule.id, rule])), [saved]);
  const byRule = useMemo(
    () => rules.map((_, index) => problemsUnder(problems, `$.rules[${index}]`)),
    [problems, rules],
  );
  const grab = useEvent((rule: string, press: PointerEvent) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>(':scope > [data-rule]') ?? [])];
    const from = items.findIndex((item) => item.dataset['rule'] === rule);
    beginDragSort(press.nativeEvent, { items, from, onDrop: (to) => move(rule, to) });
  });
  const addButton = !readOnly && (
    <Button icon={Plus} size="sm" onClick={add} disabled={rules.length >= LIMITS.rules}>
      Add rule
    </Button>
  );
  return (
    <Section
      title={<Count label="Rules" count={rules.length} />}
      description={rules.length > 1 ? 'Asked in this order; the first that fits decides.' : undefined}
      actions={
        <>
          {rules.length > 1 && (
            <Button size="sm" tone="ghost" onClick={fold}>
              {open.size > 0 ? 'Fold all' : 'Unfold'}
            </Button>
          )}
          {addButton}
        </>
      }
    >
      <Said problem={problemAt(problems, '$.rules')} />
      {rules.length === 0 ? (
        <EmptyState title="No rules yet" action={addButton || undefined} className="rounded-lg border border-dashed">
          A rule serves a variant to whoever fits its conditions: a plan, a country, a segment, a share of everybody.
        </EmptyState>
      ) : (
        <>
          <FocusAfter />
          <ol ref={list} aria-label="Rules" className="flex min-w-0 flex-col gap-2">
            {rules.map((rule, index) => (
              <RuleCard
                key={rule.id}
                rule={rule}
                index={index}
                isLast={index === rules.length - 1}
                isOpen={open.has(rule.id)}
                problems={byRule[index] ?? NO_PROBLEMS}
                state={stateOf(rule, byId.get(rule.id))}
                onOpen={openRule}
                onMove={move}
                onGrab={grab}
                onDuplicate={duplicate}
                onRename={rename}
                onRemove={remove}
              />
            ))}
          </ol>
        </>
      )}
      <p role="status" className="sr-only">
        {spoken}
      </p>
    </Section>
  );
}

function stateOf(rule: Rule, saved: Rule | undefined): 'new' | 'changed' | null {
  if (saved === undefined) return 'new';
  return isSame(rule, saved) ? null : 'changed';
}

export function Count({ label, count }: { readonly label: string; readonly count: number }) {
  return (
    <>
      {label} {count > 0 && <span className="font-normal text-faint nums">{count.toLocaleString('en')}</span>}
    </>
  );
}
