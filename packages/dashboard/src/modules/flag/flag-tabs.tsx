import { createContext, type ReactNode, Suspense, useContext, useEffect, useMemo } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { Badge } from '../../ui/badge.tsx';
import { loadAhead } from '../../ui/late-part.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { problemsUnder } from './check/problems.ts';
import type { DraftState } from './editing/use-draft.ts';
import { EditorSkeleton } from './flag-skeleton.tsx';
import { CountsTab, HistoryTab, LIKELY, TryTab, VariantsTab } from './late-parts.tsx';
import { TargetingTab } from './targeting/targeting-tab.tsx';
import { useEvent } from './use-event.ts';

type FlagTab = 'targeting' | 'variants' | 'try' | 'history' | 'counts';
const TABS: readonly FlagTab[] = ['targeting', 'variants', 'try', 'history', 'counts'];

export interface Shown {
  readonly flag: Flag;
  readonly state: DraftState;
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly onToggle: (enabled: boolean) => void;
}

export interface FlagTabsProps extends Shown {
  readonly tab: string | undefined;
  readonly onTab: (tab: string) => void;
}

const ShownContext = createContext<Shown | null>(null);

/** The parts of the page. The frame keeps still while one types. */
export function FlagTabs({ tab, onTab, ...shown }: FlagTabsProps) {
  const { said } = shown.state;
  const inVariants = problemsUnder(said, '$.variants').length;
  const elsewhere = said.length - inVariants;
  const current = TABS.find((one) => one === tab) ?? 'targeting';
  const change = useEvent(onTab);
  useEffect(() => void loadAhead(LIKELY), []);
  const frame = useMemo(
    () => (
      <Tabs
        aria-label="Parts of the flag"
        value={current}
        onChange={change}
        tabs={tabsWith({ targeting: elsewhere, variants: inVariants })}
      />
    ),
    [current, change, elsewhere, inVariants],
  );
  return <ShownContext value={shown}>{frame}</ShownContext>;
}

function tabsWith(problems: { readonly targeting: number; readonly variants: number }): readonly Tab<FlagTab>[] {
  return [
    { value: 'targeting', label: 'Targeting', ...badgeOf(problems.targeting), panel: <TargetingPanel /> },
    { value: 'variants', label: 'Variants', ...badgeOf(problems.variants), panel: later(<VariantsPanel />) },
    { value: 'try', label: 'Try it', panel: later(<TryPanel />) },
    { value: 'history', label: 'History', panel: later(<HistoryTab />) },
    { value: 'counts', label: 'Counts', panel: later(<CountsTab />) },
  ];
}

function useShown(): Shown {
  const shown = useContext(ShownContext);
  if (shown === null) throw new Error('this part stands outside of the tabs');
  return shown;
}

function TargetingPanel() {
  const { flag: _flag, state, ...toggle } = useShown();
  const { draft, said } = state;
  return <TargetingTab present={draft.present} saved={draft.base} problems={said} {...toggle} />;
}

function VariantsPanel() {
  const { flag, state } = useShown();
  return <VariantsTab flag={flag} values={state.draft.present.variants} problems={state.said} />;
}

function TryPanel() {
  return <TryTab draft={useShown().state.draft} />;
}

function badgeOf(count: number) {
  return count === 0 ? {} : { badge: <ProblemBadge count={count} /> };
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
