/** Publishers of a test, each as in a process of its own, and what they put on the bus. */
import type { OrderedLog } from '@flaghoist/bus';
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import { type Block, parseBlocks } from '@flaghoist/protocol/ruleset';
import type { SigningKey } from '@flaghoist/runtime/crypto';
import type { Modules } from '../src/modules.ts';
import {
  createPublicationStore,
  EVERY_ENVIRONMENT,
  Gate,
  type Leases,
  type PublicationStore,
  Publisher,
} from '../src/modules/publishing/index.ts';
import type { Database } from '../src/platform/database.ts';
import type { CapturedLog } from './captured-log.ts';

const now = (): Date => new Date();

/** One process with the role publisher. */
export interface Member {
  readonly log: OrderedLog;
  readonly publisher: Publisher;
  stop(): Promise<void>;
}

/** What differs from a publisher that is just started. */
export interface StartedWith {
  readonly around?: ((log: OrderedLog) => OrderedLog) | undefined;
  readonly aroundStore?: (store: PublicationStore) => PublicationStore;
  readonly gate?: Gate | undefined;
  readonly reconcileMs?: number;
  /** A function: asked for each time. */
  readonly signingKey?: SigningKey | null | (() => SigningKey);
  /** Absent: it publishes everything, whoever else does. */
  readonly leases?: Leases;
}

export function makeBus(database: Database, { logger }: CapturedLog): PostgresBus {
  return createPostgresBus({
    db: database.db,
    listen: (channel, wake) => database.listen(channel, wake),
    logger,
  });
}

export async function startMember(
  database: Database,
  changes: Modules['changes'],
  captured: CapturedLog,
  {
    around = (log) => log,
    aroundStore = (store) => store,
    gate = new Gate(),
    reconcileMs,
    signingKey = null,
    leases = EVERY_ENVIRONMENT,
  }: StartedWith = {},
): Promise<Member> {
  const bus = makeBus(database, captured);
  const publisher = new Publisher({
    database,
    store: aroundStore(createPublicationStore(database.db, changes)),
    changes,
    log: around(bus.log),
    logger: captured.logger,
    now,
    gate,
    get signingKey() {
      return typeof signingKey === 'function' ? signingKey() : signingKey;
    },
    leases,
    ...(reconcileMs === undefined ? {} : { reconcileMs }),
  });
  await publisher.start();
  return {
    log: bus.log,
    publisher,
    async stop() {
      await publisher.stop();
      await bus.stop();
    },
  };
}

/** The block that a message is. */
export function blockOf(body: Uint8Array): Block {
  const blocks = parseBlocks(Buffer.from(body).toString('utf8'));
  if (blocks?.length !== 1 || blocks[0] === undefined) throw new Error('a message must be one block');
  return blocks[0];
}
