import type { FollowerShare } from '@flaghoist/protocol/management';
import type { DeliveredTo } from '../management/await-delivery.ts';
import { plainText } from './plain-text.ts';

/** `production 1.43: 2 of 2 instances have it (p50 12 ms, p99 40 ms), 1 of 1 edges (p50 5 ms, p99 5 ms)`. */
export function deliveryLine({ environment, epoch, revision, edges, instances }: DeliveredTo): string {
  const place = `${environment} ${epoch}.${revision}`;
  if (edges.live + instances.live === 0) return `${place}: no live followers, nobody to wait for`;
  return `${place}: ${shareText(instances, 'instances')} have it${speedText(instances)}, ${shareText(edges, 'edges')}${speedText(edges)}`;
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
