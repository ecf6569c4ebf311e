/** Parts of an edge, made with its limits. */
import type { WorkQueue } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { AccessIndex } from './access/access-index.ts';
import { Confirmation, type ConfirmKey } from './access/confirmation.ts';
import { Forwarder } from './intake/spool/forwarder.ts';
import { Spool } from './intake/spool/spool.ts';
import type { EdgeLimits } from './limits.ts';

export function createConfirmation(parts: {
  readonly confirmKey: ConfirmKey;
  readonly index: AccessIndex;
  readonly now: () => number;
  readonly limits: EdgeLimits;
}): Confirmation {
  const { confirmKey, index, now, limits } = parts;
  return new Confirmation({
    confirmKey,
    arrival: (id) => index.arrival(id),
    now,
    deadlineMs: limits.confirmDeadlineMs,
    concurrency: limits.confirmConcurrency,
    unknownMs: limits.confirmUnknownMs,
    unknownIds: limits.confirmUnknownIds,
  });
}

/** A spool, and what carries it on as soon as something is in it. */
export function createSpooling(parts: {
  readonly folder: string;
  readonly queue: Pick<WorkQueue, 'push'>;
  readonly logger: Logger;
  readonly now: () => number;
  readonly random: () => number;
  readonly limits: EdgeLimits;
}): { readonly spool: Spool; readonly forwarder: Forwarder } {
  const { folder, queue, logger, now, random, limits } = parts;
  const { spoolBytes, segmentBytes, pushDeadlineMs } = limits;
  const spool = new Spool({ folder, maxBytes: spoolBytes, segmentBytes, logger, now });
  const forwarder = new Forwarder({
    spool,
    queue,
    logger,
    random,
    pushDeadlineMs,
    retryBaseMs: limits.forwardRetryBaseMs,
    retryCapMs: limits.forwardRetryCapMs,
  });
  spool.onStored(() => forwarder.wake());
  return { spool, forwarder };
}
