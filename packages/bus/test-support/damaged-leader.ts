/**
 * A cluster whose leader can lose what its followers keep, as a damaged disk makes it: two real servers, of which one is
 * asked as the leader and the other as the replica. What is stored or removed happens at both.
 */
import type { NatsServers } from '@flaghoist/testkit/nats';
import { Connection } from '../src/nats/connection.ts';
import { JetStream, type PublishResult, type StreamConfig, type StreamInfo } from '../src/nats/jetstream.ts';
import { LogStream } from '../src/nats/log-stream.ts';
import { createNames } from '../src/nats/names.ts';
import { NatsLog } from '../src/nats/nats-log.ts';
import type { PulledMessage, StoredMessage } from '../src/nats/stored-message.ts';

const names = createNames('damaged');
const OWN_HEADERS = ['Fh-Id', 'Fh-Position', 'Fh-Checkpoint', 'Fh-Before', 'Fh-Tag'];

class LeaderAndReplica extends JetStream {
  readonly #replica: JetStream;
  /** Whether the replica gets what is appended now. */
  replicates = true;
  /** How often the leader was asked about the stream. */
  looks = 0;

  constructor(leader: Connection, replica: JetStream) {
    super(leader);
    this.#replica = replica;
  }

  override async info(stream: string): Promise<StreamInfo | null> {
    this.looks += 1;
    const info = await super.info(stream);
    return info === null ? null : { ...info, config: { ...info.config, num_replicas: 3 } };
  }

  override async create(config: StreamConfig): Promise<boolean> {
    await this.#replica.create({ ...config, num_replicas: 1 });
    return super.create({ ...config, num_replicas: 1 });
  }

  override async deleteStream(stream: string): Promise<void> {
    await this.#replica.deleteStream(stream);
    await super.deleteStream(stream);
  }

  override async publish(...given: Parameters<JetStream['publish']>): Promise<PublishResult> {
    const result = await super.publish(...given);
    const [subject, body, head] = given;
    if (result.outcome === 'stored' && this.replicates) await this.#replica.publish(subject, body, head);
    return result;
  }

  override scan(...given: Parameters<JetStream['scan']>): Promise<readonly PulledMessage[]> {
    return this.#replica.scan(...given);
  }

  override async nextAnywhere(stream: string, subject: string, seq: number): Promise<StoredMessage | null> {
    return (await this.#replica.next(stream, subject, seq)) ?? this.next(stream, subject, seq);
  }

  override async at(stream: string, seq: number): Promise<StoredMessage | null> {
    return (await this.#replica.at(stream, seq)) ?? super.at(stream, seq);
  }

  /** The leader's log as it was before its newest messages: the same stream, with those that are left. */
  async loseNewest(stream: string, count: number): Promise<void> {
    const info = await super.info(stream);
    if (info === null) throw new Error('There is no log.');
    const messages: StoredMessage[] = [];
    for (let seq = 1; seq <= info.state.last_seq - count; seq += 1) {
      const message = await super.at(stream, seq);
      if (message !== null) messages.push(message);
    }
    await super.deleteStream(stream);
    await super.create({ ...(info.config as StreamConfig), num_replicas: 1 });
    for (const message of messages) await this.copy(message);
  }

  /** Stores at the leader what the replica has under that sequence. */
  async restore(stream: string, seq: number): Promise<void> {
    const message = await this.#replica.at(stream, seq);
    if (message === null) throw new Error(`The replica has no ${seq}.`);
    await this.copy(message);
  }

  async copy({ subject, data, header }: StoredMessage): Promise<void> {
    const headers = OWN_HEADERS.flatMap((name) => (header(name) === '' ? [] : [[name, header(name)] as const]));
    await super.publish(subject, data, Object.fromEntries(headers));
  }
}

export interface DamagedLeader {
  /** The log as another process has it that knows nothing yet. `now`: its clock, in milliseconds. */
  join(now?: () => number): NatsLog;
  readonly jetstream: LeaderAndReplica;
  /** Its JetStream stream. */
  readonly name: string;
  /** What was reported to operators. */
  readonly reported: readonly string[];
  stop(): Promise<void>;
}

export async function openDamagedLeader(leader: NatsServers, replica: NatsServers): Promise<DamagedLeader> {
  const connections = [leader, replica].map(
    ({ url }) =>
      new Connection({
        servers: [url],
        name: 'test',
        tls: null,
        credentialsFile: null,
        onError: () => undefined,
        random: () => 0.5,
      }),
  );
  const [toLeader, toReplica] = connections;
  if (toLeader === undefined || toReplica === undefined) throw new Error('There are two connections.');
  await Promise.all(connections.map((connection) => connection.up(10_000)));
  const jetstream = new LeaderAndReplica(toLeader, new JetStream(toReplica));
  const reported: string[] = [];
  const onError = (error: unknown): void => void reported.push(String(error));
  return {
    jetstream,
    name: names.log,
    reported,
    join(now = () => performance.now()) {
      const stream = new LogStream({ connection: toLeader, jetstream, names, replicas: 1, onError, now });
      const silent = { request() {}, stop: () => Promise.resolve() };
      const channel = { follow: () => silent, stop: () => Promise.resolve() };
      return new NatsLog({ connection: toLeader, jetstream, stream, channel, random: () => 0.5, onError });
    },
    async stop() {
      await Promise.all(connections.map((connection) => connection.stop()));
    },
  };
}
