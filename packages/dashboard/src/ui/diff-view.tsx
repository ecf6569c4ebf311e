import { useMemo } from 'react';
import { cx } from './class-names.ts';
import { type DiffLine, diffLines, hunksOf, jsonText } from './line-diff.ts';

export interface DiffViewProps {
  /** Texts, or JSON values; null: was or is not there. */
  readonly before: unknown;
  readonly after: unknown;
  readonly 'aria-label': string;
  readonly className?: string | undefined;
}

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const WORDS = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** What changed, line by line, with signs as well as colours; long stretches that are the same are left out. */
export function DiffView({ before, after, 'aria-label': label, className }: DiffViewProps) {
  const { hunks, rest } = useMemo(() => hunksOf(diffLines(textOf(before), textOf(after))), [before, after]);
  if (hunks.length === 0) return <p className="text-soft">Nothing differs.</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard has to be able to scroll it
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={cx('overflow-x-auto rounded-lg border bg-surface font-mono text-sm', className)}
    >
      <div className="min-w-max py-1">
        {hunks.map((hunk) => (
          <div key={hunk.lines[0]?.before ?? `+${hunk.lines[0]?.after}`}>
            {hunk.skipped > 0 && <Skipped count={hunk.skipped} />}
            {hunk.lines.map((line) => (
              <Line key={`${line.before}:${line.after}`} line={line} />
            ))}
          </div>
        ))}
        {rest > 0 && <Skipped count={rest} />}
      </div>
    </div>
  );
}

function Line({ line: { kind, text, before, after } }: { readonly line: DiffLine }) {
  return (
    <div className={cx('flex leading-5', kind === 'added' && 'bg-on-soft', kind === 'removed' && 'bg-danger-soft')}>
      <span aria-hidden="true" className="w-9 shrink-0 pr-1 text-right text-xs leading-5 text-faint nums select-none">
        {before}
      </span>
      <span aria-hidden="true" className="w-9 shrink-0 pr-1 text-right text-xs leading-5 text-faint nums select-none">
        {after}
      </span>
      <span
        aria-hidden="true"
        className={cx(
          'w-5 shrink-0 text-center select-none',
          kind === 'added' && 'text-on-text',
          kind === 'removed' && 'text-danger-text',
        )}
      >
        {SIGNS[kind]}
      </span>
      {kind !== 'same' && <span className="sr-only">{WORDS[kind]}</span>}
      <span className="pr-4 whitespace-pre">{text === '' ? '​' : text}</span>
    </div>
  );
}

function Skipped({ count }: { readonly count: number }) {
  return (
    <div className="my-1 bg-sunken px-4 text-xs leading-6 text-faint">
      {count === 1 ? '1 line' : `${count} lines`} the same
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}
