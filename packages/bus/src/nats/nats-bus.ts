import type { ConnectionOptions, Msg } from '@nats-io/transport-node';
import { type BusLogger, processWarnings } from '../bus-logger.ts';
import { startNodeTimer, type StartTimer } from '../follower.ts';
import type { OrderedLog, WorkQueue } from '../index.ts';
import { createWakeChannel, type Listen, type WakeChannel } from '../wake-channel.ts';
import { Connection } from './connection.ts';
import { JetStream } from './jetstream.ts';
import { watchLoss } from './log-loss.ts';
import { LogStream } from './log-stream.ts';
import { createNames, nameOfToken } from './names.ts';
import { type NatsState, readState } from './nats-state.ts';
import { NatsLog } from './nats-log.ts';
import { NatsQueue } from './nats-queue.ts';

export interface NatsBusOptions {
  /** `nats://[user[:password]@]host[:port]` of some or all servers of one cluster, or `tls://` for TLS. */
  readonly servers: readonly string[];
  /** As the servers list this process. */
  readonly name?: string;
  /** Files named in it are read for every connection that is made. */
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
  /** A `.creds` file or the seed of an nkey, instead of a user in the addresses. Read for every connection that is made. */
  readonly credentialsFile?: string;
  /** What the names of streams and subjects begin with: letters, digits, - and _. Default: `flaghoist`. */
  readonly prefix?: string;
  /** Servers that keep each message. Absent: three in a cluster, one on a server by itself. */
  readonly replicas?: 1 | 3 | 5;
  /** Of each work queue, in bytes: a push beyond it rejects. Default: 1 GiB, which a server must have room for. */
  readonly queueMaxBytes?: number;
  /** Followers look at least this often, in milliseconds. Default and highest value: 1000. */
  readonly pollMs?: number;
  /** Told what goes wrong, once for each time that it begins. Default: a warning of the process. */
  readonly logger?: BusLogger;
  readonly startTimer?: StartTimer;
  readonly random?: () => number;
  /** For tests: hears nothing, so that followers are woken by polls only. */
  readonly deaf?: boolean;
}

export interface NatsBus {
  readonly log: OrderedLog;
  readonly queue: WorkQueue;
  /**
   * Calls `tell` once it watches, within some two seconds after the log was lost, whole or in part, and whenever servers can
   * be asked again that could not: it may be for nothing. Asks them every second. The answer ends that.
   */
  onLoss(tell: () => void): () => Promise<void>;
  /** Answers within 2 s, also when no server can be reached. */
  state(): Promise<NatsState>;
  /** From now on nothing waits for servers that do not answer: what is under way, and what is asked, rejects within a second then. */
  hurry(): void;
  /** Ends all followers, waiting for their running calls, then the connection: what is under way is rejected. */
  stop(): Promise<void>;
}

const POLL_MS = 1_000;
const QUEUE_MAX_BYTES = 1 << 30;

/**
 * The bus on NATS JetStream, server 2.9 or newer. Answers at once, also when no server can be reached: until one can,
 * reads reject within 4 s and writes within 35 s.
 *
 * JetStream acknowledges before it has synced, so what it holds can be lost; a stream that is gone is made again, empty.
 */
export function createNatsBus(options: NatsBusOptions): NatsBus {
  const { pollMs = POLL_MS, logger = processWarnings, startTimer = startNodeTimer, random = Math.random } = options;
  const { prefix = 'flaghoist', replicas = null, queueMaxBytes = QUEUE_MAX_BYTES } = options;
  if (!(pollMs > 0 && pollMs <= POLL_MS))
    throw new RangeError(`pollMs of the bus must be above 0 and at most ${POLL_MS}, and is ${pollMs}.`);
  const onError = (error: unknown, message: string): void => logger.error({ err: error }, message);
  const names = createNames(prefix);
  const { servers, name = 'flaghoist', tls = null, credentialsFile = null } = options;
  const connection = new Connection({ servers, name, tls, credentialsFile, onError, random });
  const jetstream = new JetStream(connection);
  const makeChannel = (channel: string, listen: Listen): WakeChannel =>
    createWakeChannel({ channel, listen: options.deaf ? hearNothing : listen, pollMs, onError, startTimer });

  const logChannel = makeChannel(names.logNews.heard, (heard, wake) =>
    listenOn(connection, heard, (message) => {
      if (message !== null) log.heardHeads.hear(message);
      wake(message === null ? '' : nameOfToken(message.subject.slice(message.subject.lastIndexOf('.') + 1)));
    }),
  );
  const stream = new LogStream({ connection, jetstream, names, replicas, onError, now: () => performance.now() });
  const log = new NatsLog({ connection, jetstream, stream, channel: logChannel, random, onError });

  const queueChannels = new Map<string, WakeChannel>();
  const channelOf = (queue: string): WakeChannel => {
    const known = queueChannels.get(queue);
    if (known !== undefined) return known;
    const made = makeChannel(names.queue(queue).news.heard, (heard, wake) =>
      listenOn(connection, heard, () => wake('')),
    );
    queueChannels.set(queue, made);
    return made;
  };
  const maxBytes = queueMaxBytes;
  const queue = new NatsQueue({ connection, jetstream, names, replicas, maxBytes, channelOf, random, onError });

  return {
    log,
    queue,
    onLoss: (tell) => watchLoss({ connection, look: () => stream.lookToWrite(), startTimer }, tell),
    state: () => readState(connection, jetstream, names),
    hurry: () => connection.hurry(),
    async stop() {
      connection.hurry();
      await Promise.all([logChannel, ...queueChannels.values()].map((channel) => channel.stop()));
      await connection.stop();
    },
  };
}

const hearNothing: Listen = () => Promise.resolve(() => Promise.resolve());

async function listenOn(
  connection: Connection,
  subject: string,
  hear: (message: Msg | null) => void,
): Promise<() => Promise<void>> {
  const hearing = connection.hear(subject, hear);
  // Without a connection now, it is heard with the next.
  await hearing.heard.catch(() => undefined);
  return () => Promise.resolve(hearing.end());
}
