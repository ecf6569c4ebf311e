import { useLiveState } from '../api/live-provider.tsx';
import { Dot } from '../ui/dot.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

const WORDS = {
  live: { label: 'Connected', text: 'Changes by others appear here as they are made.', tone: 'on' },
  reconnecting: {
    label: 'Connecting',
    text: 'The line to the server was lost a moment ago; it is being taken up again.',
    tone: 'warn',
  },
  offline: {
    label: 'Offline',
    text: 'The server cannot be reached. What you see may be old; it is brought up to date when the line is back.',
    tone: 'danger',
  },
} as const;

/** Whether what one sees is kept up to date. */
export function LiveBadge() {
  const state = useLiveState();
  if (state === null) return null;
  const { label, text, tone } = WORDS[state];
  return (
    <Tooltip text={text} side="bottom">
      <button
        type="button"
        className="flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-sm text-soft"
        aria-label={`${label}. ${text}`}
      >
        <Dot tone={tone} pulse={state === 'reconnecting'} />
        <span role="status" className="max-sm:sr-only">
          {label}
        </span>
      </button>
    </Tooltip>
  );
}
