/** `GET /metrics` on a port of its own: what a process counts is for whoever operates it, and not for its callers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createListener, type Listener, sendProblem } from '../http/index.ts';
import { type Figures, formatMetrics, type Logger, METRICS_MEDIA_TYPE } from '../telemetry/index.ts';
import type { ServerTls } from '../tls/index.ts';

export interface MetricsListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Of every process behind the port that answered in time. */
  readonly read: () => Promise<readonly Figures[]>;
  readonly logger: Logger;
  /** As the port for callers has it; absent: plain HTTP. */
  readonly tls?: ServerTls | undefined;
}

export function createMetricsListener({ host, port, read, logger, tls }: MetricsListenerOptions): Listener {
  const answer = async (response: ServerResponse): Promise<void> => {
    const text = await formatMetrics(await read());
    response.writeHead(200, { 'content-type': METRICS_MEDIA_TYPE, 'cache-control': 'no-store' });
    response.end(text);
  };
  const handle = ({ method, url = '' }: IncomingMessage, response: ServerResponse): void => {
    if (url.split('?', 1)[0] !== '/metrics' || method !== 'GET') {
      const detail = 'This port serves GET /metrics, and nothing else.';
      sendProblem(response, { status: 404, code: 'not_found', title: 'Not found', detail });
      return;
    }
    answer(response).catch((err: unknown) => {
      logger.error({ err }, 'metrics could not be read');
      const detail = 'The figures could not be read. The log says why.';
      sendProblem(response, { status: 500, code: 'internal', title: 'The server failed', detail });
    });
  };
  return createListener({ host, port, mounts: [], fallback: handle, logger, tls });
}
