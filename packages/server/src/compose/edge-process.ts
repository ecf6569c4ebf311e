/** An edge alone in a process: it answers from its copies on disk before it knows whether what it follows can be reached. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createEdge, DEFAULT_LIMITS, type EdgeOptions, type ReadableLog, type RulesetSource } from '@flaghoist/edge';
import { rulesetsFolder, spoolFolder } from '@flaghoist/edge/folders';
import { createListener, sendProblem } from '@flaghoist/runtime/http';
import { createLifecycle } from '@flaghoist/runtime/lifecycle';
import { createProbes } from '../api/probes.ts';
import { readinessOf } from '../api/readiness.ts';
import { createAddress } from '../client-addresses.ts';
import { openListenerTls } from '../listener-tls.ts';
import { claimFolder } from '../platform/data-folder.ts';
import { edgeQuotas } from '../request-rates.ts';
import { describeHost } from '../running-host.ts';
import { certificateSeries, type ShownCertificates } from './certificate-series.ts';
import { figuresOf, startMetrics } from './metrics.ts';
import type { RunningServer } from '../running-server.ts';
import type { EdgeProcessOptions } from '../server-options.ts';
import { openSignatureKeys } from '../signature-keys.ts';

/** What an edge follows, hands on to, and asks about keys. */
export interface Above {
  readonly follow: Pick<EdgeOptions, 'queue' | 'confirmKey'> &
    ({ readonly log: ReadableLog } | { readonly source: RulesetSource });
  /** What this process shows of itself there. */
  readonly shown: ShownCertificates;
  /**
   * Begins to reach it; what was asked of it before waits until then. `serves`: the edge answers from disk already, so
   * nothing is a reason any more not to start. Else it throws OperatorError when the operator has to change something.
   */
  connect?(serves: boolean): Promise<void>;
  /** Whoever waits for it waits in vain. */
  giveUp?(): void;
  close?(): Promise<void>;
}

const DRAIN_MS = 5_000;
const STOP_MS = 5_000;
const LISTENER_STOP_MS = 3_000;

/**
 * Listens as soon as the copies on disk are read, and resolves once what is above was asked or did not answer in time.
 * Rejects with an Error whose `code` begins with `FLAGHOIST_` when the operator has to change something.
 */
export async function startEdgeProcess(options: EdgeProcessOptions, above: Above): Promise<RunningServer> {
  const { logger, host, port } = options;
  const signing = await openSignatureKeys({ roles: ['edge'], trustedKeys: options.trustedKeys, logger });
  const { signatures } = signing;
  const lifecycle = createLifecycle({ logger, drainMs: DRAIN_MS, stopMs: STOP_MS });
  lifecycle.add({ name: 'signature keys', stop: async () => signing.stop() });
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    finish();
  };
  try {
    const tls = await openListenerTls(options, lifecycle);
    const data = await claimFolder(options.data);
    lifecycle.add({ name: 'data folder', stop: () => data.release() });
    lifecycle.add({
      name: 'what is followed',
      drain: async () => above.giveUp?.(),
      stop: async () => above.close?.(),
    });
    const edge = createEdge({
      ...above.follow,
      canary: options.canary ?? false,
      spoolDir: spoolFolder(options.data),
      rulesetDir: rulesetsFolder(options.data),
      logger,
      instance: randomUUID(),
      version: options.version,
      host: describeHost(),
      ...(signatures === null ? {} : { signatures }),
      address: createAddress(options),
      limits: edgeQuotas(options.limits ?? {}, DEFAULT_LIMITS),
    });
    lifecycle.add({ name: 'edge', stop: () => edge.stop() });
    const serves = await edge.open();
    if (!serves) await above.connect?.(serves);
    let asked = false;
    const readiness = {
      roles: ['edge'],
      edge,
      asked: () => asked,
      stopping: () => lifecycle.stopping,
      databaseAnswers: () => Promise.resolve(true),
      certificate: () => tls?.status(),
    };
    const look = (role: string | null) => readinessOf(readiness, role);
    const probes = createProbes(look, options.worker ?? null);
    const ready = async (): Promise<boolean> => (await look(null)).problems.length === 0;
    const process = { version: options.version, roles: ['edge'], ready };
    const figures = () => figuresOf(process, async () => [await certificateSeries(tls, above.shown), ...edge.series()]);
    const listener = createListener({ host, port, mounts: [probes, edge], fallback: nothingHere, logger, tls });
    const metricsUrl = await startMetrics(options, tls, lifecycle, figures);
    const { url } = await listener.start();
    lifecycle.add({ name: 'listener', drain: () => edge.drain(), stop: () => listener.stop(LISTENER_STOP_MS) });
    if (serves) await above.connect?.(serves);
    await edge.start();
    asked = true;
    return { url, metricsUrl, setupUrl: null, keys: null, figures, stop, finished };
  } catch (error) {
    await stop();
    throw error;
  }
}

function nothingHere(_request: IncomingMessage, response: ServerResponse): void {
  const detail = 'This process is an edge: it serves /ofrep/, /native/ and the probes.';
  sendProblem(response, { status: 404, code: 'not_found', title: 'Not found', detail });
}
