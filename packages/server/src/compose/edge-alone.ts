/** An edge alone, over another edge or server: loads no database driver, and nothing of the control plane. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createEdge, createUpstream, DEFAULT_LIMITS } from '@flaghoist/edge';
import { rulesetsFolder, spoolFolder } from '@flaghoist/edge/folders';
import { parseSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createListener, sendProblem } from '@flaghoist/runtime/http';
import { createLifecycle } from '@flaghoist/runtime/lifecycle';
import { createProbes, describeReadiness } from '../api/probes.ts';
import { createAddress } from '../client-addresses.ts';
import { claimFolder } from '../platform/data-folder.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { edgeQuotas } from '../request-rates.ts';
import { describeHost } from '../running-host.ts';
import type { RunningServer } from '../running-server.ts';
import type { EdgeServerOptions, UpstreamAddress } from '../server-options.ts';
import { loadSignatureKeys } from '../signature-keys.ts';

const DRAIN_MS = 5_000;
const STOP_MS = 5_000;
const LISTENER_STOP_MS = 3_000;

/** Rejects with an Error whose `code` begins with `FLAGHOIST_` when the operator has to change something. */
export async function startEdge(options: EdgeServerOptions): Promise<RunningServer> {
  const { logger } = options;
  const upstream = checkUpstream(options.upstream);
  const { signatures } = await loadSignatureKeys({ roles: ['edge'], trustedKeys: options.trustedKeys });
  const lifecycle = createLifecycle({ logger, drainMs: DRAIN_MS, stopMs: STOP_MS });
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    finish();
  };
  try {
    const data = await claimFolder(options.data);
    lifecycle.add({ name: 'data folder', stop: () => data.release() });
    const edge = createEdge({
      ...createUpstream({ ...upstream, logger }),
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
    await edge.start();
    lifecycle.add({ name: 'edge', stop: () => edge.stop() });
    const probes = createProbes(() => describeReadiness(edge.status().ready, edge), options.worker ?? null);
    const { host, port } = options;
    const listener = createListener({ host, port, mounts: [probes, edge], fallback: nothingHere, logger });
    const { url } = await listener.start();
    lifecycle.add({ name: 'listener', drain: () => edge.drain(), stop: () => listener.stop(LISTENER_STOP_MS) });
    return { url, setupUrl: null, keys: null, stop, finished };
  } catch (error) {
    await stop();
    throw error;
  }
}

function checkUpstream({ url, key }: UpstreamAddress): UpstreamAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.search !== '' || parsed.hash !== '')
    throw new OperatorError('UPSTREAM', `"${url}" is not the http or https address of an edge or server.`);
  if (parseSecret(key, sha256)?.kind !== 'relay')
    throw new OperatorError(
      'RELAY_KEY',
      'The relay key is none: it begins with fhr_. `flaghoist keys create --kind relay` makes one.',
    );
  return { url: url.replace(/\/+$/, ''), key };
}

function nothingHere(_request: IncomingMessage, response: ServerResponse): void {
  const detail = 'This process is an edge: it serves /ofrep/, /native/ and the probes.';
  sendProblem(response, { status: 404, code: 'not_found', title: 'Not found', detail });
}
