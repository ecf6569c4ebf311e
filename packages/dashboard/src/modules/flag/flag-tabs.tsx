import { lazy, type ReactNode, Suspense } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Tab } from '../../ui/tabs.tsx';
import { problemsUnder } from './check/problems.ts';
import type { DraftState } from './editing/use-draft.ts';
import { EditorSkeleton } from './flag-skeleton.tsx';
import { TargetingTab } from './targeting/targeting-tab.tsx';

const VariantsTab = lazy(() =>
  import('./variants/variants-tab.tsx').then(({ VariantsTab: Part }) => ({ default: Part })),
);
const TryTab = lazy(() => import('./trial/try-tab.tsx').then(({ TryTab: Part }) => ({ default: Part })));
const HistoryTab = lazy(() => import('./past/history-tab.tsx').then(({ HistoryTab: Part }) => ({ default: Part })));
const CountsTab = lazy(() => import('./counts/counts-tab.tsx').then(({ CountsTab: Part }) => ({ default: Part })));

export type FlagTab = 'targeting' | 'variants' | 'try' | 'history' | 'counts';

export interface TabPanelsProps {
  readonly flag: Flag;
  readonly state: DraftState;
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly onToggle: (enabled: boolean) => void;
}

/** The parts of the page; all but the first are loaded when they are first looked at. */
export function TabPanels({ flag, state, ...toggle }: TabPanelsProps): readonly Tab<FlagTab>[] {
  const { draft, problems } = state;
  const inVariants = problemsUnder(problems, '$.variants').length;
  const elsewhere = problems.length - inVariants;
  return [
    {
      value: 'targeting',
      label: 'Targeting',
      ...(elsewhere > 0 ? { badge: <ProblemBadge count={elsewhere} /> } : {}),
      panel: <TargetingTab present={draft.present} saved={draft.base} problems={problems} {...toggle} />,
    },
    {
      value: 'variants',
      label: 'Variants',
      ...(inVariants > 0 ? { badge: <ProblemBadge count={inVariants} /> } : {}),
      panel: later(<VariantsTab flag={flag} values={draft.present.variants} problems={problems} />),
    },
    { value: 'try', label: 'Try it', panel: later(<TryTab draft={draft} />) },
    { value: 'history', label: 'History', panel: later(<HistoryTab />) },
    { value: 'counts', label: 'Counts', panel: later(<CountsTab />) },
  ];
}

function ProblemBadge({ count }: { readonly count: number }) {
  return (
    <Badge tone="danger">
      {count}
      <span className="sr-only">{count === 1 ? ' problem' : ' problems'}</span>
    </Badge>
  );
}

function later(part: ReactNode): ReactNode {
  return <Suspense fallback={<EditorSkeleton />}>{part}</Suspense>;
}
