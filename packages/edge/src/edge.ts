/** The edge: follows rulesets, answers at its doors, takes exposures in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMoments } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import type { Ruleset } from '@flaghoist/evaluator';
import { sha256 as hash } from '@flaghoist/runtime/crypto';
import { createClientAddress } from '@flaghoist/runtime/limits';
import type { Logger, Series } from '@flaghoist/runtime/telemetry';
import { Gate } from './access/gate.ts';
import { KeyUsage } from './access/key-usage.ts';
import { Quotas } from './access/quotas.ts';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { DoorCounts } from './doors/door-counts.ts';
import { NativeDoor } from './doors/native/native-door.ts';
import { RelayDoor } from './doors/native/relay-door.ts';
import { RelayStreams } from './doors/native/relay-streams.ts';
import { Streams } from './doors/native/streams.ts';
import { OfrepDoor } from './doors/ofrep/ofrep-door.ts';
import type { EvaluationCounters } from './intake/evaluation-counters.ts';
import { ExposureIntake } from './intake/exposure-intake.ts';
import { ForwardIntake } from './intake/forward-intake.ts';
import type { EdgeMachine, EdgeOptions } from './edge-options.ts';
import { edgeSeries } from './edge-series.ts';
import { describeEnvironments, type EdgeStatus } from './edge-status.ts';
import { clocksOf, createAccess, createCredentials, createReceipts, createSpooling } from './edge-parts.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { createTimers, pause } from './node-timers.ts';
import { createCollector } from './replica/collector.ts';
import { Consistency } from './replica/consistency.ts';
import { Replica } from './replica/replica.ts';
import { heldEnvironments } from './receipts/held-environments.ts';
import { ReceiptIntake } from './receipts/receipt-intake.ts';

export interface Edge {
  /** True when the path is below `/native/` or `/ofrep/`: the edge then answers, now or later. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Opens the spool and loads what is on disk. Resolves with whether there is something to serve: the doors then answer
   * with it, before the bus was asked for anything.
   */
  open(): Promise<boolean>;
  /**
   * Opens, unless that was done, and reads the bus. Resolves once every environment on it was read once and
   * verified; one that was refused does not hold up the others, it is in `status` and keeps `ready` false. A bus that
   * cannot be read does not hold it up: what is on disk is served, and where there is nothing the doors answer 503 until
   * the bus answers. A spool that cannot be opened makes exposures 503, nothing else.
   */
  start(): Promise<void>;
  /** Ends the streams, so that their followers connect elsewhere, and answers new ones 503. Everything else goes on. */
  drain(): Promise<void>;
  /** Stores what was counted, gives it and the use of keys two seconds each to be handed on, and lets go of bus and files. */
  stop(): Promise<void>;
  status(): EdgeStatus;
  /** What it counts, for whoever operates it. */
  series(): readonly Series[];
  /** The verified ruleset of an environment, for use in this process; undefined until there is one. */
  ruleset(environmentId: string): Ruleset | undefined;
}

/** What is left to hand on gets this long when the edge stops. */
const LAST_MS = 2_000;

export function createEdge(options: EdgeOptions): Edge {
  const parts = createParts(options);
  const { limits, now, logger, replica, consistency, streams, native, ofrep, counters, usage, spool, forwarder } =
    parts;
  const { quotas, relays, receipts, revocations, doors } = parts;
  const timers: NodeJS.Timeout[] = [];
  let opened: Promise<boolean> | null = null;
  const openAll = async (): Promise<boolean> => {
    await Promise.all([spool.open(), revocations.open()]);
    return replica.open();
  };
  const open = (): Promise<boolean> => (opened ??= openAll());
  const status = (): EdgeStatus => ({
    ready: replica.ready,
    environments: describeEnvironments(replica, (id) => streams.count(id) + relays.count(id), now()),
    streams: { open: streams.size + relays.size, cut: streams.cut + relays.cut },
    waiting: consistency.waiting,
    spool: { ...spool.status(), forwardFailures: forwarder.failures, damaged: forwarder.damaged },
    keyUsage: usage.status(),
    receipts: receipts.status(),
    refused: quotas.counts,
  });
  return {
    handle(request, response) {
      const path = pathOf(request.url ?? '');
      if (path.startsWith('/ofrep/')) {
        doors.ofrep.begin(response);
        ofrep.handle(request, response, path);
      } else if (path.startsWith('/native/')) {
        doors.native.begin(path === NATIVE_PATHS.stream ? null : response);
        native.handle(request, response, path);
      } else return false;
      return true;
    },
    open,
    async start() {
      await open();
      const beat = (): Promise<void> => {
        relays.beat();
        return streams.beat();
      };
      timers.push(every(limits.heartbeatMs, beat, logger));
      timers.push(every(limits.flushMs, () => flush(spool, counters), logger));
      timers.push(every(limits.aggregateMs, () => receipts.flush(), logger));
      timers.push(every(limits.keyUsageMs, createExcessReport(quotas, logger), logger));
      timers.push(every(limits.keyUsageMs, () => usage.flush(limits.keyUsageMs), logger));
      await replica.start();
    },
    async drain() {
      // Begun before the streams end: their keys are in use until now.
      await Promise.all([usage.flush(LAST_MS), relays.drain(), streams.drain()]);
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      parts.collector.stop();
      await Promise.all([usage.flush(LAST_MS), receipts.close(LAST_MS)]);
      await Promise.all([relays.drain(), streams.drain()]);
      await Promise.all([replica.stop(), revocations.close()]);
      await counters.flush();
      await forwarder.stop(LAST_MS);
      await spool.close();
    },
    status,
    series: () => edgeSeries(parts, status(), now()),
    ruleset: (environmentId) => replica.find(environmentId)?.current?.ruleset,
  };
}

function createParts(options: EdgeOptions) {
  const { queue, logger, confirmKey, instance, machine, random = Math.random, sha256 = hash } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { now, elapsed } = clocksOf(options);
  const { moment = createMoments({ now, random }), address = createClientAddress('nobody') } = options;
  const timers = createTimers(now);
  const { folder, index, revocations, learnKeys } = createAccess(options, { limits, timers });
  const collector = createCollector(timers, machine?.collect);
  const replica = new Replica({
    ...('source' in options ? { source: options.source } : { log: options.log }),
    folder,
    compress: machine?.compress,
    canary: options.canary ?? false,
    logger,
    sha256,
    regex: createRegexEngine(),
    signatures: options.signatures ?? null,
    timers,
    random,
    pause: machine?.pause ?? pause,
    limits,
    onChanged: (environment, changed) => {
      collector.took(changed);
      const keyIds = learnKeys(environment, changed);
      // Edges hear of a key that is gone even when it is theirs: others are gone with it, perhaps.
      relays.wake(environment);
      relays.recheck(keyIds);
      streams.recheck(keyIds);
      streams.wake(environment);
      consistency.wake(environment);
      ofrep.changed(environment.id);
      receipts.edgeApplied(environment.id);
    },
    onForgotten: ({ id }) => {
      const keyIds = [...index.forget(id), ...revocations.forget(id)];
      relays.recheck(keyIds);
      streams.recheck(keyIds);
      ofrep.changed(id);
      counters.forget(id);
    },
  });
  const errorsOf = (environment: string): number => counters.errorsOf(environment);
  const receipts = createReceipts(options, { limits, errorsOf, held: () => heldEnvironments(replica, now()) });
  const consistency = new Consistency({ replica, timers, limits });
  const quotas = new Quotas({ limits, now: elapsed, random, address });
  const known = { index, now, elapsed, limits, isLoaded: (id: string): boolean => replica.find(id) !== undefined };
  const inForce = (id: string, environment: string): boolean => credentials.inForce(id, environment);
  const { confirmation, credentials } = createCredentials({
    ...known,
    confirmKey,
    sha256,
    onAdmitted: (id) => usage.note(id),
    anyLoaded: () => replica.anyLoaded,
    ofUnknown: (request) => quotas.ofUnknown(request),
  });
  const duties = { limits, now: elapsed, random, inForce };
  const [streams, relays] = [new Streams(duties), new RelayStreams(duties)];
  const inUse = () => [...streams.keyIds(), ...relays.keyIds()];
  const usage = new KeyUsage({ queue, logger, instance, now, inUse, pushDeadlineMs: limits.pushDeadlineMs });
  const { spool, forwarder, counters } = createSpooling(options, { limits, now, elapsed, random, sha256 });
  const intake = new ExposureIntake({ store: spool, limits });
  const gate = new Gate({ credentials, quotas });
  const forwarded = new ForwardIntake({ ...known, store: spool, queue });
  const relayDoor = new RelayDoor({ replica, index, confirmation, inForce, streams: relays, intake: forwarded });
  const doors = { native: new DoorCounts(), ofrep: new DoorCounts() };
  const serving = { replica, consistency, index, gate, logger };
  const taken = { intake, receipts: new ReceiptIntake({ receipts, limits }) };
  const native = new NativeDoor({
    ...serving,
    ...taken,
    counts: doors.native,
    quotas,
    streams,
    relays: relayDoor,
    sha256,
    random,
  });
  const ofrep = new OfrepDoor({ ...serving, counts: doors.ofrep, counters, sha256, moment, limits });
  const kept = { limits, now, logger, replica, consistency, streams, relays, native, ofrep, collector };
  return { ...kept, gate, intake, doors, counters, usage, receipts, spool, forwarder, quotas, revocations };
}

/** Says now and then that requests were refused, not for each of them: a flood must not flood the log. */
function createExcessReport(quotas: Quotas, logger: Logger): () => Promise<void> {
  let told = 0;
  return () => {
    const { counts, lastKey } = quotas;
    const all = counts.key + counts.address + counts.stranger + counts.streams;
    if (all > told) logger.warn({ refused: counts, lastKey }, 'Requests were refused: there were too many');
    told = all;
    return Promise.resolve();
  };
}

/** A folder that could not be opened is tried again, because what an earlier start left there has to be forwarded. */
async function flush(spool: EdgeMachine['spool'], counters: EvaluationCounters): Promise<void> {
  if (spool.status().state === 'failed') await spool.open();
  await counters.flush();
}

/** What one turn does is awaited by the next, so turns never overlap. */
function every(ms: number, turn: () => Promise<void>, logger: Logger): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    turn()
      .catch((error: unknown) => logger.error({ err: error }, 'A periodic task of the edge failed'))
      .finally(() => {
        busy = false;
      });
  }, ms);
}

function pathOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? url : url.slice(0, at);
}
