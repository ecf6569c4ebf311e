import type { SegmentCondition } from '@flaghoist/evaluator';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { segmentsQuery } from '../../../api/queries/segments.ts';
import { Combobox } from '../../../ui/combobox.tsx';
import { Select } from '../../../ui/select.tsx';
import { firstUnder } from '../check/problems.ts';
import { useEditing } from '../editing/editing-context.ts';
import type { ConditionEditorProps } from './condition-props.ts';
import { Said } from './said.tsx';

const SIDES = [
  { value: 'in', label: 'is in segment' },
  { value: 'out', label: 'is not in segment' },
] as const;

export function SegmentConditionEditor({ condition, place, path, problems }: ConditionEditorProps<SegmentCondition>) {
  const { edit, project, environment } = useEditing();
  const [query, setQuery] = useState('');
  const asked = useDeferredValue(query);
  const { data, isPending } = useInfiniteQuery(segmentsQuery(project, environment, asked === '' ? {} : { q: asked }));
  const options = (data?.pages ?? []).flatMap(({ items }) => items.map(({ key }) => ({ value: key, label: key })));
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <span className="text-soft">The context</span>
        <Select
          aria-label="In or not in"
          value={condition.negate === true ? 'out' : 'in'}
          onChange={(side) => {
            const { negate: _before, ...rest } = condition;
            edit({ do: 'set condition', place, condition: side === 'out' ? { ...rest, negate: true } : rest });
          }}
          options={SIDES}
          className="w-44"
        />
        <Combobox
          mono
          aria-label="Segment"
          placeholder="segment"
          empty={
            isPending ? 'Loading…' : query === '' ? `There are no segments in ${environment} yet.` : 'No segment fits.'
          }
          value={condition.segment === '' ? null : condition.segment}
          onChange={(segment) =>
            edit({ do: 'set condition', place, condition: { ...condition, segment: segment ?? '' } })
          }
          onQuery={setQuery}
          options={options}
          className="w-full sm:w-56"
        />
      </div>
      <Said problem={firstUnder(problems, `${path}.segment`)} />
    </>
  );
}
