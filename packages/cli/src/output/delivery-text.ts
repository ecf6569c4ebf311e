import type { FollowerShare } from '@flaghoist/protocol/management';
import { type DeliveredTo, isKnown } from '../management/await-delivery.ts';
import { plainText } from './plain-text.ts';

/** `production 1.43: 2 of 2 instances have it (p50 12 ms, p99 40 ms), 1 of 1 edges (p50 5 ms, p99 5 ms)`. */
export function deliveryLine(delivered: DeliveredTo): string {
  const { environment, epoch, revision, edges, instances } = delivered;
  const place = `${environment} ${epoch}.${revision}`;
  const isNobody = edges.live + instances.live === 0;
  if (isNobody && isKnown(delivered)) return `${place}: no live followers, nobody to wait for`;
  const shares = `${shareText(instances, 'instances')} have it${speedText(instances)}, ${shareText(edges, 'edges')}${speedText(edges)}`;
  const unknown = unknownText(delivered);
  if (unknown === null) return `${place}: ${shares}`;
  return isNobody ? `${place}: ${unknown}` : `${place}: ${shares}; ${unknown}`;
}

/** Why the counts are not of all who follow; null: they are. */
export function unknownText({ known, foldedAt, uncounted }: DeliveredTo): string | null {
  if (known)
    return uncounted === 0
      ? null
      : `instances beyond those are not counted, edges have no room (${uncounted} receipts)`;
  return `it is not known who follows, receipts were last counted ${foldedAt === null ? 'never' : `at ${foldedAt}`}`;
}

/** How it ended, a line for each environment, with those who lag below it. */
export function deliveryText(environments: readonly DeliveredTo[]): string {
  return environments
    .flatMap((one) => [
      `${deliveryLine(one)}.`,
      ...one.laggards.map((laggard) => {
        const at = laggard.revision === null ? 'no revision' : `revision ${laggard.epoch}.${laggard.revision}`;
        const problem = laggard.problem === null ? '' : `: ${laggard.problem}`;
        return `  lags: ${laggard.kind} ${laggard.id} (${laggard.program} at ${laggard.host}), ${at}, heard of ${laggard.seenAt}${problem}`;
      }),
    ])
    .map((line) => `${plainText(line)}\n`)
    .join('');
}

/** On one line, as it goes. */
export function progressText(environments: readonly DeliveredTo[]): string {
  return plainText(
    environments
      .map(({ environment, edges, instances }) => {
        return `${environment}: ${shareText(instances, 'instances')}, ${shareText(edges, 'edges')}`;
      })
      .join('; '),
  );
}

export function shareText({ live, applied }: FollowerShare, what: string): string {
  return `${applied} of ${live} ${what}`;
}

export function speedText({ p50Ms, p99Ms }: FollowerShare): string {
  return p50Ms === null || p99Ms === null ? '' : ` (p50 ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms)`;
}
