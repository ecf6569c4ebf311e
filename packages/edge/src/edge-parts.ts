/** Parts of an edge, made with its limits. */
import type { Timers } from '@flaghoist/client';
import type { EntityLine, Sha256 } from '@flaghoist/protocol/ruleset';
import { AccessIndex } from './access/access-index.ts';
import { Confirmation, type ConfirmKey } from './access/confirmation.ts';
import { Credentials, type CredentialsOptions } from './access/credentials.ts';
import { Revocations } from './access/revocations.ts';
import type { EdgeOptions } from './edge-options.ts';
import { EvaluationCounters } from './intake/evaluation-counters.ts';
import { Forwarder } from './intake/spool/forwarder.ts';
import { Spool } from './intake/spool/spool.ts';
import type { EdgeLimits } from './limits.ts';
import type { Environment } from './replica/environment.ts';
import { Receipts, type ReceiptsOptions } from './receipts/receipts.ts';
import { RulesetFolder } from './replica/ruleset-folder.ts';

/** What is known of keys, and where that and the rulesets are kept. `learnKeys` answers the ids of keys that are not what they were. */
export function createAccess(
  { machine, rulesetDir, logger }: EdgeOptions,
  { limits, timers }: { readonly limits: EdgeLimits; readonly timers: Timers },
) {
  const folder = machine?.rulesets ?? (rulesetDir === null ? null : new RulesetFolder(rulesetDir));
  const index = new AccessIndex();
  const revocations = new Revocations({ folder, index, logger, timers, deadlineMs: limits.diskDeadlineMs });
  const learnKeys = ({ id, cursor }: Environment, changed: readonly EntityLine[]): readonly string[] => {
    const keyIds = index.apply(id, changed);
    return cursor === null ? keyIds : [...keyIds, ...revocations.applied(id, cursor, keyIds.length > 0)];
  };
  return { folder, index, revocations, learnKeys };
}

/**
 * What is waited for and counted in seconds goes by a clock that nobody sets: a step of the other would end every stream at
 * once, or refuse for a day what is to be refused for a second.
 */
export function clocksOf({ now }: Pick<EdgeOptions, 'now'>) {
  return { now: now ?? Date.now, elapsed: now ?? (() => performance.now()) };
}

/** What admits requests, and asks above about keys that it does not know. */
export function createCredentials({
  confirmKey,
  limits,
  ...parts
}: Omit<CredentialsOptions, 'confirmation' | 'recognisedKeys'> & {
  readonly confirmKey: ConfirmKey;
  readonly elapsed: () => number;
  readonly limits: EdgeLimits;
}) {
  const { index, elapsed } = parts;
  const confirmation = new Confirmation({
    confirmKey,
    arrival: (id) => index.arrival(id),
    now: elapsed,
    deadlineMs: limits.confirmDeadlineMs,
    concurrency: limits.confirmConcurrency,
    unknownMs: limits.confirmUnknownMs,
    unknownIds: limits.confirmUnknownIds,
  });
  const credentials = new Credentials({ ...parts, confirmation, recognisedKeys: limits.recognisedKeys });
  return { confirmation, credentials };
}

/** A spool, what carries it on as soon as something is in it, and what counts evaluations into it. */
export function createSpooling(
  { spoolDir, queue, logger, instance, machine }: EdgeOptions,
  parts: {
    readonly limits: EdgeLimits;
    readonly now: () => number;
    readonly elapsed: () => number;
    readonly random: () => number;
    readonly sha256: Sha256;
  },
) {
  const { limits, now, elapsed, random, sha256 } = parts;
  const { spoolBytes, segmentBytes, pushDeadlineMs } = limits;
  const spool =
    machine?.spool ?? new Spool({ folder: spoolDir, maxBytes: spoolBytes, segmentBytes, logger, now: elapsed });
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

export function createReceipts(
  options: EdgeOptions,
  parts: { readonly limits: EdgeLimits } & Pick<ReceiptsOptions, 'held' | 'errorsOf'>,
): Receipts {
  const { version = 'unknown', host = 'unknown' } = options;
  return new Receipts({ ...options, version, host, elapsed: () => performance.now(), ...parts });
}
