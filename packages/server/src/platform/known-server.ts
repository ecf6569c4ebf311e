/**
 * The newest server that this installation's data was on, as far as this process knows: an old primary that comes back, a
 * backup that was put in its place, and another database are told from it.
 *
 * Kept in the file `known-server` of the data folder. Nothing but a raised epoch makes a process take an older server, or
 * one of another cluster: that is what `flaghoist restore --raise-epoch` is for.
 */
import { join } from 'node:path';
import { readIfExists, writeAtomically } from '@flaghoist/runtime/files';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { ServerFacts } from './server-facts.ts';

export type Known = Pick<ServerFacts, 'systemId' | 'timeline' | 'position' | 'epoch'>;

/** How often a position that moved alone is written down. */
const POSITION_MS = 5_000;
const FILE = 'known-server';

/** Why a server must not be used, though it takes writes; null: it may be. Pure. */
export function findObjection(known: Known | null, facts: ServerFacts): string | null {
  if (known === null || facts.epoch > known.epoch) return null;
  if (facts.epoch !== 0 && facts.epoch < known.epoch)
    return `it holds epoch ${facts.epoch}, and this installation has gone on in epoch ${known.epoch}`;
  if (facts.systemId !== known.systemId)
    return `it is of another database cluster (${facts.systemId}) than before (${known.systemId})`;
  if (facts.timeline < known.timeline)
    return `it is an old primary: it is on timeline ${facts.timeline}, and timeline ${known.timeline} has begun since`;
  if (facts.timeline === known.timeline && facts.position < known.position)
    return `it is an older copy: its log ends at ${facts.position}, and was seen at ${known.position}`;
  return null;
}

/** What is known once a server was found good. */
export function learn(known: Known | null, { systemId, timeline, position, epoch }: ServerFacts): Known {
  if (known === null || epoch > known.epoch) return { systemId, timeline, position, epoch };
  const isBehind = systemId === known.systemId && timeline === known.timeline && position < known.position;
  return { systemId, timeline, position: isBehind ? known.position : position, epoch: known.epoch };
}

/** What a standby tells of its cluster: a timeline that it is on has begun. */
export function learnFromStandby(known: Known | null, { systemId, timeline }: ServerFacts): Known | null {
  if (known === null || systemId !== known.systemId || timeline <= known.timeline) return known;
  return { ...known, timeline, position: 0n };
}

export class KnownServer {
  readonly #file: string | null;
  readonly #logger: Logger;
  #known: Known | null = null;
  #read: Promise<void> | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();

  /** `folder` null: what is known is forgotten with the process. */
  constructor(folder: string | null, logger: Logger) {
    this.#file = folder === null ? null : join(folder, FILE);
    this.#logger = logger;
  }

  async get(): Promise<Known | null> {
    this.#read ??= this.#readFile();
    await this.#read;
    return this.#known;
  }

  /** On disk when it resolves, unless only the position moved. A disk that takes nothing is logged, and memory has to do. */
  async set(next: Known): Promise<void> {
    const before = await this.get();
    this.#known = next;
    const isSame =
      before?.systemId === next.systemId && before.timeline === next.timeline && before.epoch === next.epoch;
    if (!isSame || performance.now() - this.#writtenAt >= POSITION_MS) await this.write();
  }

  /** All that is known is on disk when it resolves. */
  async write(): Promise<void> {
    const file = this.#file;
    if (file === null || this.#known === null) return;
    this.#writtenAt = performance.now();
    const text = format(this.#known);
    this.#writing = this.#writing.then(() =>
      writeAtomically(file, [text]).catch((error: Error) =>
        this.#logger.error({ file, error: error.message }, 'database: the newest server cannot be written down'),
      ),
    );
    await this.#writing;
  }

  async #readFile(): Promise<void> {
    if (this.#file === null) return;
    const text = await readIfExists(this.#file);
    if (text === null) return;
    this.#known = parse(text);
    if (this.#known === null)
      this.#logger.error({ file: this.#file }, 'database: the file that names the newest server is damaged; ignored');
  }
}

function format({ systemId, timeline, position, epoch }: Known): string {
  return `${JSON.stringify({ systemId, timeline, position: String(position), epoch })}\n`;
}

function parse(text: string): Known | null {
  try {
    const { systemId, timeline, position, epoch } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof systemId !== 'string' || typeof position !== 'string') return null;
    if (!Number.isSafeInteger(timeline) || !Number.isSafeInteger(epoch)) return null;
    return { systemId, timeline: Number(timeline), position: BigInt(position), epoch: Number(epoch) };
  } catch {
    return null;
  }
}
