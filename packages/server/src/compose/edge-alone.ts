/** An edge alone, over a database or over another edge or server. */
import type { RunningServer } from '../running-server.ts';
import type { EdgeServerOptions } from '../server-options.ts';
import { createAboveDatabase } from './edge-over-database.ts';
import { createAboveUpstream } from './edge-over-upstream.ts';
import { startEdgeProcess } from './edge-process.ts';

/** As `startEdgeProcess`. */
export async function startEdge(options: EdgeServerOptions): Promise<RunningServer> {
  const { logger } = options;
  const above =
    'upstream' in options ? await createAboveUpstream(options.upstream, logger) : createAboveDatabase(options, logger);
  return startEdgeProcess(options, above);
}
