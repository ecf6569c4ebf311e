import { ageText } from '../../api/delivery-words.ts';
import type { FleetEdge, FleetInstance } from '../../api/openapi.d.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { type FollowerState, stateOf } from './order.ts';

const LOOKS: Readonly<Record<FollowerState, { readonly tone: Tone; readonly text: string }>> = {
  current: { tone: 'on', text: 'Has it' },
  behind: { tone: 'warn', text: 'Behind' },
  refuses: { tone: 'danger', text: 'Refuses' },
  gone: { tone: 'neutral', text: 'Gone' },
};

/** Whether a follower has the newest revision. */
export function FollowerStateBadge({ of }: { readonly of: FleetEdge | FleetInstance }) {
  const state = stateOf(of);
  const { tone, text } = LOOKS[state];
  const by = state === 'behind' && of.lag !== null ? ` ${of.lag}` : '';
  return <Badge tone={tone}>{`${text}${by}`}</Badge>;
}

/** Host and process above, its random name and its problem below; on a phone also when it was seen. */
export function FollowerName({ of, id }: { readonly of: FleetEdge | FleetInstance; readonly id: string }) {
  const { host, problem, seenAt } = of;
  return (
    <div className="grid min-w-40 gap-0.5 py-1">
      <span className="font-medium wrap-anywhere">{host}</span>
      <span className="font-mono text-xs wrap-anywhere text-faint">{id}</span>
      <span className="text-xs text-soft sm:hidden">
        seen <TimeText at={seenAt} />
      </span>
      {problem !== null && <span className="max-w-prose text-sm wrap-anywhere text-danger-text">{problem}</span>}
    </div>
  );
}

/** Of somebody gone it would be how old it was then. */
export function AgeText({ of: { live, ageMs } }: { readonly of: FleetEdge | FleetInstance }) {
  return live ? ageText(ageMs) : '–';
}

export function RevisionText({ epoch, revision }: { readonly epoch: number | null; readonly revision: number | null }) {
  if (epoch === null || revision === null) return <span className="text-faint">none</span>;
  return <span className="nums">{epoch === 1 ? `#${revision}` : `#${epoch}.${revision}`}</span>;
}
