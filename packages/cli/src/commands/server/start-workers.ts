/** `start --workers N`: the process that keeps N edges running behind one port, and does nothing else. */
import { createSupervisor, type ForkWorker } from '@flaghoist/runtime/workers';
import type { Listener } from '@flaghoist/runtime/http';
import { createMetricsListener } from '@flaghoist/runtime/metrics';
import { openServerTls, type ServerCertificateFiles, type ServerTls } from '@flaghoist/runtime/tls';
import type { Figures, Logger } from '@flaghoist/runtime/telemetry';
import { CommandFailure, wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Settings } from '../../settings.ts';

/** What a worker says when it answers requests. */
export interface Listening {
  readonly url: string;
}

/** How long a worker has to say what it counted; one that does not is left out of the sums. */
const ASK_MS = 3_000;
const METRICS_STOP_MS = 1_000;
/** A worker drains for 5 s, and then each of its parts has 5 s to stop. */
const STOP_MS = 30_000;

/**
 * Whether there may be several. Only edges have nothing that must be there once: no tables to make, no database of their
 * own, no order to keep. Throws CommandFailure when several are asked for and there must be one.
 */
export function mayHaveWorkers({ workers, roles }: Pick<Settings, 'workers' | 'roles'>): boolean {
  if (roles.every((role) => role === 'edge')) return true;
  if (workers > 1)
    throw wrongUse(
      `--workers ${workers} is for edges: with --roles edge, and the other roles in a process of their own. This one has ${roles.join(', ')}.`,
    );
  return false;
}

export async function startWorkers(options: {
  readonly workers: readonly number[];
  readonly forkWorker: ForkWorker<Listening>;
  readonly onSignals: (stop: () => Promise<unknown>) => () => void;
  readonly random: () => number;
  /** Where the figures of all together are answered; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** What that port listens with; undefined: plain HTTP. Workers open it for themselves. */
  readonly tls: ServerCertificateFiles | undefined;
  readonly logger: Logger;
  readonly say: (listening: Listening & { readonly metricsUrl: string | null }) => void;
}): Promise<ExitCode> {
  const { workers, forkWorker, logger, random, metrics, tls: files } = options;
  logger.info({ workers }, 'one process for each of these workers');
  const supervisor = createSupervisor({ numbers: workers, fork: forkWorker, logger, random, stopMs: STOP_MS });
  const forget = options.onSignals(() => supervisor.stop());
  const read = async () => (await supervisor.ask(ASK_MS)) as readonly Figures[];
  let listener: Listener | null = null;
  let tls: ServerTls | undefined;
  try {
    const [first] = await supervisor.start();
    if (metrics !== undefined && files !== undefined)
      tls = await openServerTls({ files, logger, now: () => new Date() });
    listener = metrics === undefined ? null : createMetricsListener({ ...metrics, read, logger, tls });
    const metricsUrl = listener === null ? null : `${(await listener.start()).url}/metrics`;
    if (first !== undefined) options.say({ ...first, metricsUrl });
    await supervisor.finished;
    return EXIT.ok;
  } catch (error) {
    await supervisor.stop();
    throw new CommandFailure(EXIT.failed, codeOf(error), error instanceof Error ? error.message : String(error));
  } finally {
    await listener?.stop(METRICS_STOP_MS);
    tls?.stop();
    forget();
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'worker_ended';
}
