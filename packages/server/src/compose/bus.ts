/** The bus of a process: in the tables of its database, or on NATS JetStream where there is one. */
import { readFileSync } from 'node:fs';
import type { OrderedLog, WorkQueue } from '@flaghoist/bus';
import { createPostgresBus } from '@flaghoist/bus/postgres';
import type { Status } from '@flaghoist/protocol/management';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../platform/database.ts';
import { OperatorError } from '../platform/operator-error.ts';
import type { NatsAddress } from '../server-options.ts';

export interface ServerBus {
  readonly log: OrderedLog;
  readonly queue: WorkQueue;
  /** What was queued in the database before there was NATS; null: nothing else can hold any. */
  readonly queueBefore: WorkQueue | null;
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
      status: () => Promise.resolve(IN_DATABASE),
      drain: () => Promise.resolve(),
    };
  const options = { servers: readServers(nats.url), ...readTls(nats), ...(logger === undefined ? {} : { logger }) };
  const { createNatsBus } = await import('@flaghoist/bus/nats');
  const bus = createNatsBus(options);
  return {
    log: bus.log,
    queue: bus.queue,
    queueBefore: inDatabase.queue,
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

/** `nats://user:password@one:4222,two:4222`: what the first says of scheme and login is so for all. */
function readServers(text: string): readonly string[] {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const scheme = /^(nats|tls):\/\//.exec(first)?.[0];
  const servers = [first, ...others.map((part) => (part.includes('://') ? part : `${scheme}${part}`))];
  const areUsable = servers.every((server) => {
    const url = URL.canParse(server) ? new URL(server) : null;
    return (
      url !== null &&
      `${url.protocol}//` === scheme &&
      url.hostname !== '' &&
      /^\/?$/.test(url.pathname) &&
      url.search === '' &&
      url.hash === ''
    );
  });
  if (scheme === undefined || !areUsable)
    throw new OperatorError(
      'NATS',
      'The address of NATS cannot be used. It is nats://user:password@host:4222, or tls:// for TLS, and more hosts after commas.',
    );
  return servers;
}

/** The files are read here, so that one that is missing is said at the start. */
function readTls({ url, ca, cert, key }: NatsAddress) {
  if (ca === undefined && cert === undefined && key === undefined) return {};
  if (!url.startsWith('tls://'))
    throw new OperatorError('NATS', 'Certificates for NATS are for an address that begins with tls://.');
  if ((cert === undefined) !== (key === undefined))
    throw new OperatorError('NATS', 'A client certificate for NATS needs both its files, certificate and key.');
  const files = Object.entries({ ca, cert, key }).filter(([, file]) => file !== undefined);
  return { tls: Object.fromEntries(files.map(([name, file]) => [name, readText(file ?? '')])) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError('NATS', `A file for NATS cannot be read: ${(error as Error).message}`, error);
  }
}
