import { Archive, SearchX, X } from 'lucide-react';
import { FLAG_TYPE_WORDS } from '../../api/flag-type-words.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { type FlagSearch, type Narrowing, narrowedBy } from './flag-search.ts';
import type { SearchChange } from './use-flag-search.ts';

/** A project without flags: what one is, and how the first one comes to be. */
export function NoFlags({ project, canCreate }: { readonly project: string; readonly canCreate: boolean }) {
  return (
    <EmptyState
      drawing={<Drawing />}
      title="No flags yet"
      action={
        canCreate && (
          <LinkButton to="/projects/$project/flags/new" params={{ project }} tone="primary" size="lg">
            Create the first flag
          </LinkButton>
        )
      }
    >
      <p>A flag is a decision that your program asks for while it runs, so that you can change it without a release.</p>
      <ol className="mx-auto mt-5 flex max-w-sm flex-col gap-3 text-left">
        <Step number={1}>Create a flag. It is off everywhere, so nothing changes yet.</Step>
        <Step number={2}>
          Ask for it in your code by its key, with an <em className="not-italic text-ink">SDK key</em> of the
          environment.
        </Step>
        <Step number={3}>Turn it on, for everybody or for a few, and watch who gets what.</Step>
      </ol>
      {!canCreate && <p className="mt-4">You may look, not make flags here: an editor or admin of this project can.</p>}
    </EmptyState>
  );
}

function Step({ number, children }: { readonly number: number; readonly children: React.ReactNode }) {
  return (
    <li className="flex gap-3">
      <span className="flex size-5 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text nums">
        {number}
      </span>
      <span>{children}</span>
    </li>
  );
}

function Drawing() {
  return (
    <svg
      viewBox="0 0 160 88"
      className="h-24 w-44"
      fill="none"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M30 80V12" className="stroke-edge" />
      <path d="M30 14c10-6 20 6 30 0s14-2 14-2v28s-4-4-14 2-20-6-30 0" className="fill-accent-soft stroke-accent" />
      <path d="M18 80h24" className="stroke-edge" />
      <path d="M84 34c14 0 10-14 24-14M84 34c14 0 10 18 24 18" className="stroke-edge" strokeDasharray="3 4" />
      <rect x="112" y="10" width="34" height="20" rx="10" className="fill-on-soft stroke-on" />
      <circle cx="136" cy="20" r="6.5" className="fill-on" />
      <rect x="112" y="42" width="34" height="20" rx="10" className="stroke-edge" />
      <circle cx="122" cy="52" r="6.5" className="fill-edge" />
    </svg>
  );
}

export interface NothingMatchesProps {
  readonly search: FlagSearch;
  readonly environment: string | null;
  readonly onChange: (change: SearchChange) => void;
  readonly onClear: () => void;
}

/** Filters that leave nothing: which of them could go. */
export function NothingMatches({ search, environment, onChange, onClear }: NothingMatchesProps) {
  const by = narrowedBy(search);
  if (by.length === 1 && search.lifecycle === 'archived')
    return (
      <EmptyState
        drawing={<Archive className="size-10" strokeWidth={1.25} />}
        title="No flag is archived"
        action={<Button onClick={onClear}>Show active flags</Button>}
      >
        A flag that is not needed any more can be archived: it leaves every environment, and its key is never used
        again.
      </EmptyState>
    );
  return (
    <EmptyState
      drawing={<SearchX className="size-10" strokeWidth={1.25} />}
      title="No flag matches"
      action={by.length > 1 && <Button onClick={onClear}>Clear all filters</Button>}
    >
      <p>{by.length > 1 ? 'All of these have to hold. Take one away:' : 'Take the filter away, or change it:'}</p>
      <div className="mt-3 flex flex-wrap justify-center gap-2">
        {by.map((member) => (
          <Button key={member} size="sm" icon={X} onClick={() => onChange({ [member]: undefined })}>
            {narrowingText(search, member, environment)}
          </Button>
        ))}
      </div>
    </EmptyState>
  );
}

/** A filter in words. */
export function narrowingText(search: FlagSearch, member: Narrowing, environment: string | null): string {
  switch (member) {
    case 'q':
      return `“${search.q}”`;
    case 'tag':
      return `tag ${search.tag}`;
    case 'owner':
      return `owner ${search.owner}`;
    case 'type':
      return search.type === undefined ? '' : `type ${FLAG_TYPE_WORDS[search.type]}`;
    case 'state':
      return `${search.state} in ${environment ?? 'an environment'}`;
    case 'lifecycle':
      return 'archived';
  }
}
