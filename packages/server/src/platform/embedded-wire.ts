/**
 * The embedded database's thread as the socket that the PostgreSQL driver believes to talk through: what it writes goes
 * to the thread as whole batches, and what PostgreSQL answers comes back as it is. So results, errors with their
 * SQLSTATE, notifications and type parsers are those of a PostgreSQL server.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { CompiledProgram, FromThread, ThreadData, ToThread } from './embedded-messages.ts';

/** Built JavaScript, also when this file runs as TypeScript (tests): no worker of Node 20 reads that. */
const THREAD = fileURLToPath(new URL('../../dist/platform/embedded-thread.js', import.meta.url));
const CLOSE_MS = 2_000;

const QUERY = 0x51;
const SYNC = 0x53;
const TERMINATE = 0x58;
/** AuthenticationOk, then ReadyForQuery outside of a transaction: the thread has one session, and it is open. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

/** The thread ended before it was closed. `code` is PostgreSQL's for a server that was shut down. */
export class ThreadEndedError extends Error {
  readonly code = '57P01';
}

export interface EmbeddedThread {
  /** For the driver's `stream`. */
  readonly socket: Duplex;
  /** Closes the database; after two seconds its thread is ended as a kill would, which loses nothing. Idempotent. */
  close(): Promise<void>;
}

// Node has it; the type library of browsers, where it is declared, is not ours.
declare const WebAssembly: { compile(program: Uint8Array): Promise<CompiledProgram> };

let compiled: Promise<CompiledProgram> | undefined;

/**
 * How much a function of the program runs before it is compiled a second time, better: V8's own 1.8 million bytes of
 * code executed had a start compile a hundred functions again, a third of its processor time, and statements took no
 * less for it. With the largest there is, what really works hard gets there after a second of work of its own.
 */
const COMPILE_BETTER_AFTER_BYTES = 2 ** 31 - 1;

/** Compiled once in a process, beside everything else that a start does. */
async function compile(): Promise<CompiledProgram> {
  // Before the program is compiled: each function's budget is filled then.
  setFlagsFromString(`--wasm-tiering-budget=${COMPILE_BETTER_AFTER_BYTES}`);
  const folder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));
  return WebAssembly.compile(await readFile(join(folder, 'pglite.wasm')));
}

/** Resolves when the database in `folder` is open. `onEnd` is told once when the thread ends without being closed. */
export async function startThread(folder: string, onEnd: (error: ThreadEndedError) => void): Promise<EmbeddedThread> {
  compiled ??= compile();
  const workerData: ThreadData = { folder, program: await compiled };
  const worker = new Worker(THREAD, { workerData, execArgv: [], name: 'flaghoist-database' });
  const post = (message: ToThread, moved: readonly ArrayBuffer[] = []): void => worker.postMessage(message, [...moved]);
  const socket = new ThreadSocket((bytes) => post({ kind: 'batch', bytes }, [bytes.buffer]));
  let closing: Promise<void> | undefined;
  let isOpen = false;
  let reason = 'it ended by itself';
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });

  const close = async (): Promise<void> => {
    post({ kind: 'close' });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([exited, late]);
    clearTimeout(timer);
    await worker.terminate();
    socket.destroy();
  };

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ready') {
        isOpen = true;
        resolve();
      }
      if (message.kind === 'answer') socket.answer(message.bytes);
      if (message.kind === 'aborted')
        reason = `PostgreSQL ended itself, as it does when its files cannot be written (${message.reason || 'it gave no reason'})`;
    });
    worker.on('error', (error) => {
      reason = error.message;
    });
    worker.once('exit', () => {
      const error = new ThreadEndedError(`The embedded database's thread has ended: ${reason}.`);
      // A start that failed is told to whoever started it, and to nobody else.
      if (!isOpen) reject(error);
      if (!isOpen || closing !== undefined) return;
      socket.destroy(error);
      onEnd(error);
    });
  });
  return { socket, close: () => (closing ??= close()) };
}

class ThreadSocket extends Duplex {
  readonly #send: (batch: Uint8Array<ArrayBuffer>) => void;
  #isWelcomed = false;
  #batch: Buffer[] = [];
  #answers: Uint8Array[] = [];

  constructor(send: (batch: Uint8Array<ArrayBuffer>) => void) {
    super({ decodeStrings: true });
    this.#send = send;
  }

  /** The pieces of a large answer are handed on one in a turn of the event loop: parsing all at once would hold it. */
  answer(bytes: Uint8Array): void {
    this.#answers.push(bytes);
    if (this.#answers.length === 1) this.#handOn();
  }

  #handOn(): void {
    const next = this.#answers[0];
    if (next === undefined || this.destroyed) return;
    this.push(next);
    setImmediate(() => {
      this.#answers.shift();
      this.#handOn();
    });
  }

  /** What a driver calls on the socket of a server. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers come when they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#isWelcomed) this.#take(chunk);
    else this.push(WELCOME);
    this.#isWelcomed = true;
    done();
  }

  /** The driver writes whole messages: a byte that tells the kind, and the length of the rest. */
  #take(messages: Buffer): void {
    let at = 0;
    let from = 0;
    while (at < messages.length) {
      const kind = messages[at];
      at += 1 + messages.readUInt32BE(at + 1);
      if (kind === TERMINATE) {
        this.push(null);
        return;
      }
      if (kind !== QUERY && kind !== SYNC) continue;
      this.#batch.push(messages.subarray(from, at));
      this.#post();
      from = at;
    }
    if (from < at) this.#batch.push(messages.subarray(from));
  }

  #post(): void {
    const bytes = new Uint8Array(this.#batch.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#batch) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#batch = [];
    this.#send(bytes);
  }
}
