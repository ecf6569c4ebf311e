import { Link } from '@tanstack/react-router';
import type { SegmentSummary } from '../../api/openapi.d.ts';
import { cx } from '../../ui/class-names.ts';
import { TimeText } from '../../ui/time-text.tsx';

const COLUMNS =
  'grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 px-4 sm:grid-cols-[minmax(0,1fr)_5.5rem_5.5rem_5.5rem_7rem]';

/** The titles of the columns. */
export function SegmentLineHead() {
  return (
    <div aria-hidden="true" className={cx(COLUMNS, 'h-9 items-center border-b text-xs font-medium text-faint')}>
      <span>Key</span>
      <span className="hidden text-right sm:block">Included</span>
      <span className="hidden text-right sm:block">Excluded</span>
      <span className="hidden text-right sm:block">Conditions</span>
      <span className="text-right">Changed</span>
    </div>
  );
}

export interface SegmentLineProps {
  readonly project: string;
  readonly environment: string;
  readonly segment: SegmentSummary;
}

/** One segment, by its sizes. */
export function SegmentLine({ project, environment, segment }: SegmentLineProps) {
  const { key, included, excluded, conditions, changedAt } = segment;
  return (
    <Link
      to="/projects/$project/segments/$segment"
      params={{ project, segment: key }}
      search={{ env: environment }}
      className={cx(COLUMNS, 'h-14 items-center border-b -outline-offset-2! hover:bg-hover')}
    >
      <span className="min-w-0">
        <span className="block truncate font-mono text-sm font-medium">{key}</span>
        <span className="block truncate text-xs text-faint sm:hidden">
          {included.toLocaleString('en')} in, {excluded.toLocaleString('en')} out, {conditions}{' '}
          {conditions === 1 ? 'condition' : 'conditions'}
        </span>
      </span>
      <Size count={included} what="included" />
      <Size count={excluded} what="excluded" />
      <Size count={conditions} what="conditions" />
      <TimeText at={changedAt} className="truncate text-right text-sm text-faint nums" />
    </Link>
  );
}

function Size({ count, what }: { readonly count: number; readonly what: string }) {
  return (
    <span className={cx('hidden text-right nums sm:block', count === 0 && 'text-faint')}>
      {count.toLocaleString('en')}
      <span className="sr-only"> {what}</span>
    </span>
  );
}
