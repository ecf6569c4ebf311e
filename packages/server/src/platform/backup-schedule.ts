/** Backups of the embedded database at intervals, for as long as the server runs. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import { listBackups, madeUntil, makeBackup, removeOldBackups } from './backups.ts';
import type { EmbeddedDatabase } from './embedded-adapter.ts';

const LOOK_EVERY_MS = 60_000;
/** A server that was just started has other things to do; one that is started again and again still makes backups. */
const FIRST_AFTER_MS = 2 * 60_000;
const AGAIN_AFTER_MS = 60 * 60_000;

export interface BackupStatus {
  /** When the newest was made; null: there is none. */
  readonly newest: string | null;
  readonly kept: number;
  /** Why the last attempt made none; null after one that did. */
  readonly problem: string | null;
}

export interface BackupSchedule {
  status(): BackupStatus;
  /** A backup that is being made is given up. */
  stop(): Promise<void>;
}

export async function startBackups(options: {
  readonly database: EmbeddedDatabase;
  readonly data: string;
  readonly everyMs: number;
  /** How many of the newest are kept. */
  readonly kept: number;
  readonly logger: Logger;
  readonly now: () => Date;
}): Promise<BackupSchedule> {
  const { data, everyMs, kept, logger, now } = options;
  const stopping = new AbortController();
  let backups = await listBackups(data);
  let problem: string | null = null;
  let rest = { from: now().getTime(), ms: Math.min(FIRST_AFTER_MS, everyMs) };
  let running: Promise<void> | null = null;

  const timer = setInterval(look, Math.min(LOOK_EVERY_MS, everyMs));

  function look(): void {
    const at = now().getTime();
    const [newest] = madeUntil(backups, new Date(at));
    const isFresh = newest !== undefined && at - Date.parse(newest.at) < everyMs;
    // A clock that was put back must not make the rest longer than it is.
    const isResting = at >= rest.from && at - rest.from < rest.ms;
    if (running !== null || isResting || isFresh) return;
    running = run(new Date(at)).finally(() => {
      running = null;
    });
  }

  async function run(at: Date): Promise<void> {
    try {
      const { name, heldMs } = await makeBackup({ ...options, now: at, signal: stopping.signal });
      // Whatever is in the folder afterwards: a copy of the whole database is not made again and again.
      rest = { from: at.getTime(), ms: everyMs };
      await removeOldBackups(data, kept, at);
      problem = null;
      logger.info({ backup: name, heldMs: Math.round(heldMs) }, 'a backup was made and verified');
    } catch (error) {
      if (stopping.signal.aborted) return;
      problem = (error as Error).message;
      rest = { from: at.getTime(), ms: Math.min(AGAIN_AFTER_MS, everyMs) };
      logger.error({ problem }, 'no backup was made; it will be tried again');
    }
    backups = await listBackups(data).catch(() => backups);
  }

  return {
    status: () => ({ newest: (madeUntil(backups, now())[0] ?? backups[0])?.at ?? null, kept: backups.length, problem }),
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
