/** What has to be tidied now and then; a run that fails is reported and comes again. */
import type { Logger } from '@flaghoist/runtime/telemetry';

const EVERY_MS = 10 * 60_000;
/** After a start, when everything else has been done. */
const FIRST_MS = 60_000;

/** The answer stops it and waits for a run that is under way. */
export function startHousekeeping(deps: {
  readonly forgetOld: () => Promise<number>;
  readonly logger: Logger;
}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const again = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = run();
      timer = again(EVERY_MS);
    }, ms);
  let timer = again(FIRST_MS);

  async function run(): Promise<void> {
    try {
      const forgotten = await deps.forgetOld();
      if (forgotten > 0) deps.logger.debug({ forgotten }, 'old records were removed');
    } catch (error) {
      deps.logger.warn({ error: (error as Error).message }, 'housekeeping failed and will run again');
    }
  }

  return async () => {
    clearTimeout(timer);
    await running;
  };
}
