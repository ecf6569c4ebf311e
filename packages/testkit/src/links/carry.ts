/** One direction of a wire. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes of the bytes, asked for each piece anew. */
export interface Harm {
  random(): number;
  /** What comes is read, so that nobody notices, and led nowhere. */
  isDead(): boolean;
  latencyMs(): number;
  bytesPerSecond(): number | null;
  flipEvery(): number | null;
  headersOnly(): boolean;
  /** Resolves when something may be led on. */
  passable(): Promise<void>;
}

/** Bytes that are on their way at once: more would be memory, and no wire holds it. */
const ON_THE_WAY = 1 << 20;
/** How often a slow wire leads something on. */
const SLICES_A_SECOND = 20;
const END_OF_HEADERS = '\r\n\r\n';

/** Resolves when nothing comes any more; rejects never. */
export async function carry(from: Socket, to: Socket, harm: Harm): Promise<void> {
  let headers = '';
  let arriving = Promise.resolve();
  let onTheWay = 0;

  function send(bytes: Buffer, at: number): void {
    onTheWay += bytes.length;
    arriving = arriving.then(async () => {
      const left = at - performance.now();
      if (left > 0) await sleep(left);
      await harm.passable();
      onTheWay -= bytes.length;
      if (!harm.isDead() && to.writable) await write(to, bytes);
    });
  }

  try {
    for await (const piece of from as AsyncIterable<Buffer>) {
      await harm.passable();
      if (harm.isDead()) continue;
      let bytes = piece;
      if (harm.headersOnly()) {
        const before = headers.length;
        if (headers.includes(END_OF_HEADERS)) continue;
        headers += piece.toString('latin1');
        const end = headers.indexOf(END_OF_HEADERS);
        bytes = Buffer.from(headers.slice(before, end < 0 ? undefined : end + END_OF_HEADERS.length), 'latin1');
      }
      for (const slice of slices(damaged(bytes, harm), harm.bytesPerSecond())) {
        const rate = harm.bytesPerSecond();
        if (rate !== null) await sleep((slice.length / rate) * 1_000);
        send(slice, performance.now() + harm.latencyMs());
        if (onTheWay > ON_THE_WAY) await arriving;
      }
    }
    await arriving;
    if (!harm.isDead()) to.end();
  } catch {
    // It broke: both ends learn of it by their own events.
  }
}

function damaged(bytes: Buffer, harm: Harm): Buffer {
  const every = harm.flipEvery();
  if (every === null || harm.random() > bytes.length / every) return bytes;
  const copy = Buffer.from(bytes);
  const at = Math.floor(harm.random() * copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(harm.random() * 8));
  return copy;
}

function slices(bytes: Buffer, rate: number | null): readonly Buffer[] {
  const length = rate === null ? bytes.length : Math.max(1, Math.floor(rate / SLICES_A_SECOND));
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) found.push(bytes.subarray(at, at + length));
  return found;
}

function write(to: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (to.write(bytes)) resolve();
    else {
      const go = (): void => {
        to.off('drain', go).off('close', go);
        resolve();
      };
      to.on('drain', go).on('close', go);
    }
  });
}
