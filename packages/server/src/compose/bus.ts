/** The bus of a process: in the tables of its database, or on NATS JetStream where there is one. */
import type { OrderedLog, WorkQueue } from '@flaghoist/bus';
import { createPostgresBus } from '@flaghoist/bus/postgres';
import type { Status } from '@flaghoist/protocol/management';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../platform/database.ts';
import type { NatsAddress } from '../server-options.ts';
import { readNatsAddress } from './nats-address.ts';

export interface ServerBus {
  readonly log: OrderedLog;
  readonly queue: WorkQueue;
  /** What was queued in the database before there was NATS; null: nothing else can hold any. */
  readonly queueBefore: WorkQueue | null;
  /** Calls `tell` soon after rulesets on the bus may have been lost; null: it is found by comparing. The answer ends that. */
  readonly onLoss: ((tell: () => void) => () => Promise<void>) | null;
  /** Answers within some seconds, also when the bus cannot be reached. */
  status(): Promise<Status['bus']>;
  /** From now on nothing waits long for servers that do not answer. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface BusChoice {
  readonly database: Pick<Database, 'db' | 'listen'>;
  /** Absent: the bus is in the database. */
  readonly nats: NatsAddress | undefined;
  /** Absent: whoever has no server around it. */
  readonly logger?: Logger;
}

const IN_DATABASE: Status['bus'] = {
  kind: 'database',
  version: null,
  replicas: null,
  acknowledgement: 'committed to the database, whose disk is not waited for: what is lost with it is published again',
  problem: null,
};

/** Throws OperatorError `NATS` for an address or file that cannot be used; whether somebody answers there shows later. */
export async function createBus({ database, nats, logger }: BusChoice): Promise<ServerBus> {
  const inDatabase = createPostgresBus({
    db: database.db,
    listen: (channel, wake) => database.listen(channel, wake),
    ...(logger === undefined ? {} : { logger }),
  });
  if (nats === undefined)
    return {
      ...inDatabase,
      queueBefore: null,
      onLoss: null,
      status: () => Promise.resolve(IN_DATABASE),
      drain: () => Promise.resolve(),
    };
  const options = { ...readNatsAddress(nats), ...(logger === undefined ? {} : { logger }) };
  const { createNatsBus } = await import('@flaghoist/bus/nats');
  const bus = createNatsBus(options);
  return {
    log: bus.log,
    queue: bus.queue,
    queueBefore: inDatabase.queue,
    onLoss: (tell) => bus.onLoss(tell),
    async status() {
      const { version, replicas, acknowledgement, problem } = await bus.state();
      return { kind: 'nats', version, replicas, acknowledgement, problem };
    },
    drain: () => Promise.resolve(bus.hurry()),
    async stop() {
      await Promise.all([bus.stop(), inDatabase.stop()]);
    },
  };
}
