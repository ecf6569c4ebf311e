import { Link } from '@tanstack/react-router';
import { memo, type MouseEvent } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { cx } from '../../ui/class-names.ts';
import { useCopy } from '../../ui/use-copy.ts';
import { Tag } from '../../ui/tag.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Check, Copy } from 'lucide-react';
import { FlagKindMark } from './flag-kind-mark.tsx';
import { stateIn } from './listed-flags.ts';
import { RowCheckbox, RowToggle } from './row-controls.tsx';
import { StatePills } from './state-pills.tsx';
import { stateWord } from './state-words.ts';

/** What a row can ask for; the same object for all rows and drawings. */
export interface RowActions {
  readonly select: (at: number, range: boolean) => void;
  readonly toggle: (key: string, environment: string, enabled: boolean) => void;
  readonly openStates: (key: string) => void;
  readonly focus: (at: number) => void;
}

/** What is the same for all rows. */
export interface RowView {
  readonly project: string;
  readonly shown: readonly string[];
  readonly letters: ReadonlyMap<string, string>;
  /** Whose switch stands in the row; null: the project has no environment. */
  readonly switched: string | null;
  /** Why the switch cannot be used; null: it can. */
  readonly locked: string | null;
}

export interface FlagRowProps {
  readonly flag: Flag;
  readonly at: number;
  readonly view: RowView;
  readonly actions: RowActions;
  readonly isSelected: boolean;
  readonly isFresh: boolean;
  readonly isPending: boolean;
}

const SHOWN_TAGS = 3;

/** One flag: what it is called, how it stands, and its switch in one environment. */
export const FlagRow = memo(function FlagRow({
  flag,
  at,
  view,
  actions,
  isSelected,
  isFresh,
  isPending,
}: FlagRowProps) {
  return (
    <div
      className={cx(
        'group grid h-full grid-cols-[1.5rem_minmax(0,1fr)_auto] content-center items-center gap-x-3 gap-y-1.5 border-b px-3 transition-colors duration-700 sm:px-4 lg:grid-cols-[1.5rem_minmax(0,1fr)_auto_6.5rem_10rem] lg:gap-x-5',
        isFresh
          ? 'bg-accent-soft duration-0'
          : isSelected
            ? 'bg-accent-soft/50 duration-0'
            : 'hover:bg-hover hover:duration-0',
      )}
      onFocus={() => actions.focus(at)}
    >
      <SelectBox flag={flag} at={at} isSelected={isSelected} onSelect={actions.select} />
      <Naming flag={flag} view={view} />
      <div className="col-start-2 row-start-2 -ml-1 lg:col-start-3 lg:row-start-1 lg:ml-0">
        {flag.lifecycle === 'active' && (
          <StatePills
            states={flag.environments}
            shown={view.shown}
            letters={view.letters}
            name={flag.name}
            onOpen={() => actions.openStates(flag.key)}
          />
        )}
      </div>
      <TimeText
        at={flag.changedAt}
        className="col-start-3 row-start-2 truncate text-right text-xs text-faint nums lg:col-start-4 lg:row-start-1 lg:text-left lg:text-sm"
      />
      <RowSwitch flag={flag} view={view} isPending={isPending} onToggle={actions.toggle} />
    </div>
  );
});

function SelectBox({
  flag,
  at,
  isSelected,
  onSelect,
}: {
  readonly flag: Flag;
  readonly at: number;
  readonly isSelected: boolean;
  readonly onSelect: RowActions['select'];
}) {
  // Shift has to be seen before the box changes.
  const press = (event: MouseEvent) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(at, true);
  };
  return (
    <div className="row-span-2 flex self-center lg:row-span-1" onClickCapture={press} role="presentation">
      <RowCheckbox checked={isSelected} onChange={() => onSelect(at, false)} label={`Select ${flag.name}`} />
    </div>
  );
}

function Naming({ flag, view }: { readonly flag: Flag; readonly view: RowView }) {
  const more = flag.tags.length - SHOWN_TAGS;
  return (
    <div className="min-w-0">
      <div className="flex min-w-0 items-center gap-2">
        <FlagKindMark kind={flag.type} />
        <Link
          to="/projects/$project/flags/$flag"
          params={{ project: view.project, flag: flag.key }}
          search={view.switched === null ? {} : { env: view.switched }}
          data-flag={flag.key}
          className="truncate rounded-sm leading-6 font-medium hover:underline hover:underline-offset-3"
        >
          {flag.name}
        </Link>
        {flag.tags.length > 0 && (
          <span className="flex shrink-0 items-center gap-1 max-xl:hidden">
            {flag.tags.slice(0, SHOWN_TAGS).map((tag) => (
              <span key={tag} className="max-w-32">
                <Tag>{tag}</Tag>
              </span>
            ))}
            {more > 0 && (
              <span className="text-xs text-faint" title={flag.tags.slice(SHOWN_TAGS).join(', ')}>
                +{more}
              </span>
            )}
          </span>
        )}
      </div>
      <div className="flex min-w-0 items-center pl-6 text-xs text-faint">
        <CopyKey text={flag.key} isFollowed={flag.owner !== ''} />
        {flag.owner !== '' && (
          <span className="hidden max-w-[50%] shrink-0 truncate sm:inline" title={flag.owner}>
            {flag.owner}
          </span>
        )}
      </div>
    </div>
  );
}

/**
 * A plain button: a tooltip in each of thousands of rows is felt while scrolling. Where its picture comes up a dot stands before what
 * follows.
 */
function CopyKey({ text, isFollowed }: { readonly text: string; readonly isFollowed: boolean }) {
  const { copied, copy } = useCopy(text);
  return (
    <button
      type="button"
      onClick={copy}
      title="Copy the key"
      className="-ml-1 inline-flex h-6 min-w-0 items-center gap-1 rounded-sm px-1 font-mono hover:bg-hover hover:text-ink"
    >
      <span className="truncate">{text}</span>
      <span className="relative flex size-3 shrink-0 items-center justify-center" aria-hidden="true">
        {copied ? (
          <Check className="size-3 text-on-text" />
        ) : (
          <>
            {isFollowed && (
              <span className="absolute size-0.5 rounded-full bg-current group-focus-within:hidden group-hover:hidden max-sm:hidden" />
            )}
            <Copy className="size-3 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100" />
          </>
        )}
      </span>
      <span className="sr-only">{copied ? ', copied' : ', copy the key'}</span>
    </button>
  );
}

function RowSwitch({
  flag,
  view,
  isPending,
  onToggle,
}: {
  readonly flag: Flag;
  readonly view: RowView;
  readonly isPending: boolean;
  readonly onToggle: RowActions['toggle'];
}) {
  const state = stateIn(flag, view.switched) as Flag['environments'][number] | null;
  const place = 'col-start-3 row-start-1 flex items-center justify-end gap-2 lg:col-start-5';
  if (flag.lifecycle === 'archived') return <span className={cx(place, 'text-sm text-faint')}>Archived</span>;
  if (state === null) return <span className={cx(place, 'text-sm text-faint')}>–</span>;
  return (
    <div className={place} title={view.locked ?? undefined}>
      <span className="hidden max-w-26 truncate text-sm text-soft lg:inline" title={stateWord(state)}>
        {stateWord(state)}
      </span>
      <RowToggle
        checked={state.enabled}
        onChange={(enabled) => onToggle(flag.key, state.environment, enabled)}
        label={`${flag.name} in ${state.environment}`}
        pending={isPending}
        disabled={view.locked !== null}
      />
    </div>
  );
}
