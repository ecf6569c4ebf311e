/** What the flag can be changed with, which comes when the flag itself can be read. */
import { ChevronsUpDown, Ellipsis, Plus } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { latePart } from '../../ui/late-part.tsx';
import { lazyPart } from '../../ui/lazy-part.ts';
import type { Select as AnySelect, SelectProps } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { FlagMenuProps } from './header/flag-menu.tsx';
import type { RuleCardProps } from './targeting/rule-card-props.ts';
import type { ServeEditorProps } from './targeting/serve-editor.tsx';
import type { TargetMenuProps } from './targeting/target-menu.tsx';

export const FlagMenu = latePart<FlagMenuProps>(
  () => import('./header/flag-menu.tsx').then((module) => module.FlagMenu),
  <IconButton inert tone="secondary" icon={Ellipsis} label="More for this flag" />,
);
export const RuleMenu = latePart<RuleCardProps>(
  () => import('./targeting/rule-menu.tsx').then((module) => module.RuleMenu),
  ({ index }) => <IconButton inert icon={Ellipsis} label={`More for rule ${index + 1}`} />,
);
export const TargetMenu = latePart<TargetMenuProps>(
  () => import('./targeting/target-menu.tsx').then((module) => module.TargetMenu),
  <Button inert size="sm" icon={Plus}>
    Add target
  </Button>,
);
export const Select: typeof AnySelect = latePart<SelectProps<string>>(
  () => import('../../ui/select.tsx').then((module) => module.Select as typeof AnySelect<string>),
  ClosedSelect,
) as typeof AnySelect;
export const ServeEditor = latePart<ServeEditorProps>(
  () => import('./targeting/serve-editor.tsx').then((module) => module.ServeEditor),
  ServeSkeleton,
);
export const NeededVariants = latePart(
  () => import('./targeting/needed-variants.tsx').then((module) => module.NeededVariants),
  <Skeleton className="h-8 min-w-48 flex-1" />,
);
export const SaveBar = latePart(() => import('./editing/save-bar.tsx').then((module) => module.SaveBar));
export const LeaveGuard = latePart(() => import('./editing/leave-guard.tsx').then((module) => module.LeaveGuard));
export const ConflictDialog = latePart(() =>
  import('./editing/conflict-dialog.tsx').then((module) => module.ConflictDialog),
);

export const RuleEditor = lazyPart(() => import('./targeting/rule-editor.tsx').then((module) => module.RuleEditor));
export const NewPrerequisite = lazyPart(() =>
  import('./targeting/new-prerequisite.tsx').then((module) => module.NewPrerequisite),
);
export const DetailsDialog = lazyPart(() =>
  import('./header/details-dialog.tsx').then((module) => module.DetailsDialog),
);
export const ArchiveDialog = lazyPart(() =>
  import('./header/archive-dialog.tsx').then((module) => module.ArchiveDialog),
);
export const VariantsTab = lazyPart(() => import('./variants/variants-tab.tsx').then((module) => module.VariantsTab));
export const TryTab = lazyPart(() => import('./trial/try-tab.tsx').then((module) => module.TryTab));
export const HistoryTab = lazyPart(() => import('./past/history-tab.tsx').then((module) => module.HistoryTab));
export const CountsTab = lazyPart(() => import('./counts/counts-tab.tsx').then((module) => module.CountsTab));

/** In the order in which somebody who has come to a flag is likely to want them. */
export const LIKELY = [
  RuleEditor,
  VariantsTab,
  HistoryTab,
  TryTab,
  CountsTab,
  DetailsDialog,
  ArchiveDialog,
  NewPrerequisite,
].map(({ ahead }) => ahead);

/** What it says already, in the frame that it will have. */
function ClosedSelect({ value, options, placeholder = 'Choose', disabled, className }: SelectProps<string>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <span
      inert
      className={cx(
        'control inline-flex h-8 min-w-0 items-center justify-between gap-2 px-2.5',
        disabled === true && 'bg-sunken text-faint',
        className,
      )}
    >
      <span className="flex min-w-0 items-center gap-2 truncate">
        {chosen?.mark}
        <span className="truncate">{chosen?.label ?? placeholder}</span>
      </span>
      <ChevronsUpDown className="size-3.5 text-faint" aria-hidden="true" />
    </span>
  );
}

/** Of a rollout: its bar, a line for each share, and what stands below them. */
function ServeSkeleton({ serve }: ServeEditorProps) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Skeleton className="h-7.5 w-36" />
        {'variant' in serve && <Skeleton className="h-8 w-full sm:w-56" />}
      </div>
      {'rollout' in serve && (
        <>
          <Skeleton className="h-2.5 w-full" />
          <div className="flex flex-col gap-1">
            {serve.rollout.variants.map(({ variant }) => (
              <Skeleton key={variant} className="h-16 w-full sm:h-8" />
            ))}
          </div>
          <Skeleton className="h-7 w-48" />
          <Skeleton className="h-8 w-full sm:w-80" />
          <Skeleton className="h-5 w-40" />
        </>
      )}
    </div>
  );
}
