import type { Progress } from './bulk.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';

const MOST_NAMED = 6;

/** Names of what will be touched; the rest as a number. */
export function Affected({ names }: { readonly names: readonly string[] }) {
  const more = names.length - MOST_NAMED;
  return (
    <ul className="max-h-48 overflow-y-auto rounded-lg border bg-surface px-3 py-2 text-sm">
      {names.slice(0, MOST_NAMED).map((name) => (
        <li key={name} className="truncate py-0.5 font-mono">
          {name}
        </li>
      ))}
      {more > 0 && <li className="py-0.5 text-faint">and {more.toLocaleString('en')} more</li>}
    </ul>
  );
}

/** How far something is that is done to one flag after the other, and what it could not be done to. */
export function BulkProgress({ progress, did }: { readonly progress: Progress; readonly did: string }) {
  const finished = progress.done + progress.failed.length;
  return (
    <div className="flex flex-col gap-2">
      <ProgressBar value={progress.of === 0 ? 1 : finished / progress.of} label={did} />
      <p role="status" className="text-sm text-soft nums">
        {progress.done.toLocaleString('en')} of {progress.of.toLocaleString('en')} {did}
      </p>
      {progress.failed.length > 0 && (
        // Focusable, so that the keyboard can scroll it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ul tabIndex={0} role="alert" className="max-h-40 overflow-y-auto rounded-lg bg-danger-soft px-3 py-2 text-sm">
          {progress.failed.map(({ key, why }) => (
            <li key={key} className="py-0.5">
              <span className="font-mono">{key}</span>: {why}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
