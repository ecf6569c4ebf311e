/**
 * An edge alone, over PostgreSQL. The driver and the bus are loaded when there is time for it: after the edge answers from
 * disk, where there is something. Nothing of the control plane is loaded, and no table made.
 */
import type { Logger } from '@flaghoist/runtime/telemetry';
import { OperatorError } from '../platform/operator-error.ts';
import type { NatsAddress } from '../server-options.ts';
import { shownBelow } from './certificate-series.ts';
import type { EdgeDatabase } from './edge-database.ts';
import type { Above } from './edge-process.ts';
import { createLateBus } from './late-bus.ts';

export interface DatabaseAddress {
  readonly databaseUrl: string;
  readonly writeDeadlineMs: number | undefined;
  /** Absent: the bus is in the database. */
  readonly nats?: NatsAddress | undefined;
  /** Folder of this process. */
  readonly data: string;
  readonly allowUnsafeDatabase?: boolean | undefined;
}

/** How long an edge that has nothing to serve waits for its database to say what it is. */
const SILENT_MS = 250;

export function createAboveDatabase(address: DatabaseAddress, logger: Logger): Above {
  const { databaseUrl, allowUnsafeDatabase: allowUnsafe, ...options } = address;
  let opened: (database: EdgeDatabase) => void = () => undefined;
  let givenUp: (error: Error) => void = () => undefined;
  const opening = new Promise<EdgeDatabase>((resolve, reject) => {
    opened = resolve;
    givenUp = reject;
  });
  const { log, queue } = createLateBus(opening.then(({ bus }) => bus));
  return {
    follow: { log, queue, confirmKey: async (id) => ((await (await opening).keyExists(id)) ? 'known' : 'unknown') },
    shown: shownBelow(databaseUrl, options.nats),
    async connect(serves) {
      const { openEdgeDatabase } = await import('./edge-database.ts');
      const database = await openEdgeDatabase(databaseUrl, logger, { ...options, allowUnsafe });
      opened(database);
      const checked = checkSoon(database, logger);
      if (!serves) await checked;
      else checked.catch((error: unknown) => logger.error({ err: error }, 'database: it cannot be used'));
    },
    giveUp() {
      givenUp(new Error('The edge stops.'));
      void opening.then(
        ({ bus }) => bus.drain(),
        () => undefined,
      );
    },
    close: () =>
      opening.then(
        (database) => database.close(),
        () => undefined,
      ),
  };
}

/** Throws OperatorError when it says soon that it cannot be used. One that hangs must not hold up what can do without. */
async function checkSoon(database: EdgeDatabase, logger: Logger): Promise<void> {
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  const asked = database.check().then(
    (problem) => {
      if (problem !== null) logger.warn({ problem }, 'database: it cannot be reached; starting without it');
    },
    (error: unknown) => {
      if (!late && error instanceof OperatorError) throw error;
      logger.error({ err: error }, 'database: it cannot be used');
    },
  );
  const silent = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      logger.warn('database: it does not answer; starting without it');
      resolve();
    }, SILENT_MS);
  });
  await Promise.race([asked, silent]);
  clearTimeout(timer);
}
