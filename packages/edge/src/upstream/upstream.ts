/** Everything an edge has from the edge or server above it: rulesets, the existence of keys, and somewhere to hand on to. */
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import { FORWARD_LIMITS } from '@flaghoist/protocol/ruleset';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { ConfirmKey } from '../access/confirmation.ts';
import { createTimers } from '../node-timers.ts';
import type { RulesetSource } from '../replica/ruleset-source.ts';
import { createUpstreamRequests, type UpstreamRequests, type UpstreamRequestsOptions } from './upstream-requests.ts';
import { UpstreamSource } from './upstream-source.ts';

export interface UpstreamOptions extends UpstreamRequestsOptions {
  readonly logger: Logger;
}

export interface Upstream {
  readonly source: RulesetSource;
  readonly queue: Pick<WorkQueue, 'push'>;
  readonly confirmKey: ConfirmKey;
}

const FORWARD_TIMEOUT_MS = 14_000;
/** Of the bodies in one request; escaped in JSON they may double. */
const FORWARD_BYTES = FORWARD_LIMITS.bytes / 4;

/** Connects to nothing before the edge that it is given to starts. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const requests = createUpstreamRequests(options);
  return {
    source: new UpstreamSource({ requests, timers: createTimers(Date.now), random: Math.random }),
    queue: { push: (queue, items) => forward(requests, options.logger, queue, items) },
    confirmKey: async (id) => ((await requests.keyExists(id)) ? 'known' : 'unknown'),
  };
}

async function forward(
  requests: Pick<UpstreamRequests, 'forward'>,
  logger: Logger,
  queue: string,
  items: readonly WorkItem[],
): Promise<void> {
  for (const group of groups(items)) {
    const dropped = await requests.forward(queue, group, FORWARD_TIMEOUT_MS);
    if (dropped > 0) logger.error({ queue, dropped }, 'The edge above could not use something that was handed on');
  }
}

function* groups(items: readonly WorkItem[]): Generator<readonly WorkItem[]> {
  let group: WorkItem[] = [];
  let bytes = 0;
  for (const item of items) {
    if (group.length > 0 && (bytes + item.body.length > FORWARD_BYTES || group.length >= FORWARD_LIMITS.items)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(item);
    bytes += item.body.length;
  }
  if (group.length > 0) yield group;
}
