/** Parts of an edge, made with its limits. */
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import type { AccessIndex } from './access/access-index.ts';
import { Confirmation, type ConfirmKey } from './access/confirmation.ts';
import type { EdgeOptions } from './edge-options.ts';
import { EvaluationCounters } from './intake/evaluation-counters.ts';
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

/** A spool, what carries it on as soon as something is in it, and what counts evaluations into it. */
export function createSpooling(
  { spoolDir, queue, logger, instance, machine }: EdgeOptions,
  parts: {
    readonly limits: EdgeLimits;
    readonly now: () => number;
    readonly random: () => number;
    readonly sha256: Sha256;
  },
) {
  const { limits, now, random, sha256 } = parts;
  const { spoolBytes, segmentBytes, pushDeadlineMs } = limits;
  const spool = machine?.spool ?? new Spool({ folder: spoolDir, maxBytes: spoolBytes, segmentBytes, logger, now });
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
  const maxRows = limits.counterRows;
  const counters = new EvaluationCounters({ store: spool, instance, sdk: 'ofrep/1', sha256, now, maxRows });
  return { spool, forwarder, counters };
}
