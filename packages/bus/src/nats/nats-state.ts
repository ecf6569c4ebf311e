/** What the bus found when it was asked how it is. */
import { describeAcknowledgement } from './acknowledgement.ts';
import type { Connection } from './connection.ts';
import type { JetStream } from './jetstream.ts';
import type { Names } from './names.ts';

export interface NatsState {
  /** Of the server that this process is, or was last, connected to; null: none yet. */
  readonly version: string | null;
  readonly server: string | null;
  /** Null: a server by itself, or none yet. */
  readonly cluster: string | null;
  /** Servers that keep each message of the log, and those of them that have all of it now. Null: not known. */
  readonly replicas: { readonly wanted: number; readonly current: number } | null;
  /** What it means, in words, that something was stored. Null: not known. */
  readonly acknowledgement: string | null;
  /** Null: all is well. */
  readonly problem: string | null;
}

/** Answers within 2 s, and makes nothing. */
export async function readState(connection: Connection, jetstream: JetStream, names: Names): Promise<NatsState> {
  const { facts } = connection;
  const known = { version: facts?.version ?? null, server: facts?.server ?? null, cluster: facts?.cluster ?? null };
  const lost = (problem: string): NatsState => ({ ...known, replicas: null, acknowledgement: null, problem });
  if (facts === null || !connection.isUp) return lost('No NATS server can be reached.');
  try {
    const info = await jetstream.info(names.log);
    if (info === null) return lost(`The stream ${names.log} is not there yet, or was lost.`);
    const wanted = info.config.num_replicas;
    const followers = info.cluster?.replicas ?? [];
    const current = 1 + followers.filter((one) => one.current && one.offline !== true).length;
    return {
      ...known,
      replicas: { wanted, current },
      acknowledgement: describeAcknowledgement(facts.version, wanted),
      problem: current < wanted ? `Only ${current} of ${wanted} servers have all of the log.` : null,
    };
  } catch (error) {
    return lost(error instanceof Error ? error.message : String(error));
  }
}
