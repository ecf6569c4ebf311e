/** A wire between a server and PostgreSQL that can be told to hold up one write where it commits. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What every write does first, and what ends it. */
const CLAIM = 'insert into idempotency_records';
const COMMIT = Buffer.from('commit\0');

export interface HeldCommit {
  /** Process id of the backend that the write's session is. */
  readonly backend: number;
  /** Sends the commit on to PostgreSQL, whose answer is held as well until `release`. */
  forward(): void;
  release(): void;
}

export interface CommitWire {
  /** The database's address, by this wire. */
  readonly url: string;
  /** Resolves when the next write of a client wants to commit: nothing of that reaches PostgreSQL before `forward`. */
  holdNext(): Promise<HeldCommit>;
  close(): Promise<void>;
}

export async function startCommitWire(databaseUrl: string): Promise<CommitWire> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let onHeld: ((held: HeldCommit) => void) | null = null;

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) open.add(socket);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    let backend = 0;
    let isWrite = false;
    let answers: Buffer[] | null = null;
    far.on('data', (bytes) => {
      if (backend === 0) backend = backendIn(bytes);
      if (answers === null) near.write(bytes);
      else answers.push(bytes);
    });
    near.on('data', (bytes) => {
      isWrite ||= bytes.includes(CLAIM);
      const isCommitOfWrite = isWrite && bytes.includes(COMMIT);
      // The session is used for something else next.
      if (isCommitOfWrite) isWrite = false;
      const tell = onHeld;
      if (!isCommitOfWrite || tell === null) {
        far.write(bytes);
        return;
      }
      onHeld = null;
      answers = [];
      tell({
        backend,
        forward: () => void far.write(bytes),
        release() {
          for (const answer of answers ?? []) near.write(answer);
          answers = null;
        },
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    holdNext: () =>
      new Promise((resolve) => {
        onHeld = resolve;
      }),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** BackendKeyData, which a session tells once: `K`, its length 12, the process id. */
function backendIn(bytes: Buffer): number {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  return at < 0 ? 0 : bytes.readInt32BE(at + 5);
}
