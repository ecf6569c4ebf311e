/**
 * The program of the embedded database's own thread: opens the folder it is given, then answers batches of PostgreSQL's
 * wire protocol, one after the other, with the bytes that PostgreSQL answers.
 *
 * It knows no statement and no transaction: whose turn it is, is decided by whoever sends (embedded-session.ts).
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from './embedded-messages.ts';
import { openSyncedLite } from './synced-lite.ts';

/** A large result is sent in pieces of about this size, so that whoever reads it can do something else in between. */
const PIECE_BYTES = 128 << 10;

const port = parentPort;
if (port === null) throw new Error('embedded-thread is the program of a worker thread');

const { folder, program } = workerData as ThreadData;
const post = (message: FromThread, moved: readonly ArrayBuffer[] = []): void => port.postMessage(message, [...moved]);

const lite = await openSyncedLite(folder, {
  program,
  onAbort(reason) {
    // Thrown into PGlite, it would be swallowed and the batch tried for ever; ending the thread is noticed.
    post({ kind: 'aborted', reason: String(reason) });
    process.exit(1);
  },
});
let working: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  working = working.then(() => (message.kind === 'batch' ? run(message.bytes) : close()));
});
post({ kind: 'ready' });

async function run(batch: Uint8Array): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const send = (isLast: boolean): void => {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    size = 0;
    post({ kind: 'answer', bytes, isLast }, [bytes.buffer]);
  };
  await lite.execProtocolRawStream(batch, {
    onRawData(bytes) {
      // A view into PostgreSQL's memory, which is written over next.
      pieces.push(bytes.slice());
      size += bytes.length;
      if (size >= PIECE_BYTES) send(false);
    },
  });
  send(true);
}

async function close(): Promise<void> {
  await lite.close();
  post({ kind: 'closed' });
  port?.close();
}
