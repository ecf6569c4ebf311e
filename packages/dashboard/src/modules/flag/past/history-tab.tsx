import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { failureOf } from '../../../api/problem.ts';
import { changesQuery } from '../../../api/queries/history.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { MoreButton } from '../../../ui/more-button.tsx';
import { Section } from '../../../ui/section.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { useState } from 'react';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { useEditing } from '../editing/editing-context.ts';
import { ChangeItem } from './change-item.tsx';

/** Who changed this flag, when, and what; each can be reverted. */
export function HistoryTab() {
  const { project, flag, environment } = useEditing();
  const [scope, setScope] = useState<'here' | 'all'>('here');
  const changes = useInfiniteQuery(changesQuery(project, scope === 'here' ? { flag, environment } : { flag }));
  const items = (changes.data?.pages ?? []).flatMap((page) => page.items);
  const scopes = [
    { value: 'here', label: environment },
    { value: 'all', label: 'All environments' },
  ] as const;
  return (
    <Section
      title="History"
      actions={
        <SegmentedControl size="sm" aria-label="Which changes" value={scope} onChange={setScope} options={scopes} />
      }
    >
      {changes.isPending && <SkeletonRows count={4} height={64} />}
      {changes.error !== null && (
        <ErrorNote
          failure={failureOf(changes.error)}
          action={<Button onClick={() => void changes.refetch()}>Try again</Button>}
        />
      )}
      {changes.data !== undefined && items.length === 0 && (
        <EmptyState drawing={<History className="size-10" strokeWidth={1.25} />} title="Nothing has been changed yet">
          Every save will stand here, with who did it and why.
        </EmptyState>
      )}
      <ol className="flex min-w-0 flex-col">
        {items.map((change, index) => (
          <ChangeItem key={change.id} change={change} isLast={index === items.length - 1} beginsOpen={index === 0} />
        ))}
      </ol>
      <MoreButton list={changes}>Show older changes</MoreButton>
    </Section>
  );
}
