/**
 * Appending to the log and trimming it.
 *
 * The server stores a message only when the last one of its stream is the one that the writer knows, so two writers never
 * both go on from it. What was stored though its acknowledgement was lost is recognised by the tag of its append.
 */
import { randomBytes } from 'node:crypto';
import type { AppendRequest, AppendResult } from '../index.ts';
import type { JetStream } from './jetstream.ts';
import { formatRecord, type LogRecord, type NewRecord, parseRecord, recordAfter, stored } from './log-record.ts';
import type { LogReader } from './log-reader.ts';
import type { Life, LogStream } from './log-stream.ts';
import { type Pieces, pieceBytes, writePieces } from './pieces.ts';

/** Ids of messages that are remembered, in all streams together: some 30 MB. */
const REMEMBERED_IDS = 200_000;
const NO_DATA = new Uint8Array(0);

/** What this process knows of a stream: all of it, up to `last`. */
interface Known {
  readonly life: Life;
  last: LogRecord | null;
  /** Sequences by id, of messages that may be trimmed by now. */
  readonly seqs: Map<string, number>;
}

export interface LogWriterDeps {
  readonly jetstream: JetStream;
  readonly stream: LogStream;
  readonly reader: LogReader;
  readonly maxPayloadBytes: () => number;
}

export class LogWriter {
  readonly #deps: LogWriterDeps;
  /** In the order in which they were used. */
  readonly #known = new Map<string, Known>();
  #rememberedIds = 0;

  constructor(deps: LogWriterDeps) {
    this.#deps = deps;
  }

  /** The servers may have lost what they had. */
  forget(): void {
    this.#known.clear();
    this.#rememberedIds = 0;
  }

  /** What may be called again after a failure, with the same tag. */
  async append(request: AppendRequest, tag: string): Promise<AppendResult> {
    const { stream, id, after } = request;
    const life = await this.#deps.stream.life();
    const remembered = this.#known.get(stream);
    let isFresh = remembered === undefined || remembered.life.name !== life.name;
    let known = isFresh || remembered === undefined ? await this.#load(stream) : remembered;
    for (;;) {
      const seq = known.seqs.get(id);
      const isRefused = after !== undefined && after !== (known.last?.id ?? null);
      if ((seq !== undefined || isRefused) && !isFresh) {
        known = await this.#refresh(stream, known);
        isFresh = true;
      } else if (seq !== undefined) {
        const there = await this.#deps.reader.record(known.life, stream, seq);
        if (there !== null && there.id === id)
          return { outcome: there.tag === tag ? 'appended' : 'duplicate', position: there.position };
        known.seqs.delete(id);
      } else if (isRefused) return { outcome: 'refused', last: known.last?.id ?? null };
      else {
        const record = await this.#store(request, known, tag);
        if (record !== null) return { outcome: 'appended', position: record.position };
        known = await this.#refresh(stream, known);
        isFresh = true;
      }
    }
  }

  async trim(stream: string, keep: number): Promise<void> {
    const { jetstream, reader } = this.#deps;
    const { life, last } = await reader.newest(stream);
    const checkpoint = last?.newestCheckpoint?.position ?? 0;
    if (last === null || checkpoint === 0) return;
    const first = Math.min(checkpoint, last.position - keep + 1);
    if (first <= 1) return;
    const { first: known, seqs } = await reader.sequences(life, last, first - 1);
    const [forgotten, kept] = seqs;
    // Otherwise somebody has trimmed further already.
    if (known !== first - 1 || forgotten === undefined || kept === undefined) return;
    const name = this.#deps.stream.name;
    await jetstream.purge(name, life.subjects.messages(stream), kept);
    // A writer stores the pieces of a message once it has seen the one before it: these are of nothing that is kept.
    await jetstream.purge(name, life.subjects.allPieces(stream), forgotten + 1);
  }

  /** Null: another message is the last one by now. */
  async #store(request: AppendRequest, known: Known, tag: string): Promise<LogRecord | null> {
    const { jetstream, stream: there } = this.#deps;
    const { stream, id, checkpoint, body } = request;
    const { subjects } = known.life;
    const longest = pieceBytes(this.#deps.maxPayloadBytes());
    const pieces: Pieces | null =
      body.length > longest ? await writePieces(jetstream, subjects.pieces(stream, tag), body, longest) : null;
    const data = pieces === null ? body : NO_DATA;
    const record: NewRecord = recordAfter(known.last, { stream, id, checkpoint, tag, pieces, data });
    const expected = known.last?.seq ?? 0;
    const result = await jetstream.publish(subjects.messages(stream), data, formatRecord(record), expected);
    if (result.outcome === 'stored') {
      const kept = { ...stored(record, result.seq), data: NO_DATA };
      this.#remember(stream, known, [kept]);
      return kept;
    }
    if (pieces !== null)
      await jetstream
        .purge(there.name, subjects.pieces(stream, tag), (pieces.seqs.at(-1) ?? 0) + 1)
        .catch(() => undefined);
    return null;
  }

  async #load(stream: string): Promise<Known> {
    const { jetstream, reader, stream: there } = this.#deps;
    const { life, last } = await reader.newest(stream);
    const known: Known = { life, last: null, seqs: new Map() };
    if (last === null) {
      this.#remember(stream, known, []);
      return known;
    }
    const found = last.position === 1 ? [] : await jetstream.scan(there.name, life.subjects.messages(stream), 'all');
    const records = found.map(parseRecord).filter((record) => record !== null);
    // The replica that was asked may be behind the leader.
    const until = records.at(-1)?.position ?? 0;
    this.#remember(stream, known, [...records, ...(await this.#between(life, last, until))]);
    return known;
  }

  /** As the leader has it now. */
  async #refresh(stream: string, known: Known): Promise<Known> {
    const { life, last } = await this.#deps.reader.newest(stream);
    if (life.name !== known.life.name) return this.#load(stream);
    if (last?.seq === known.last?.seq && last?.tag === known.last?.tag) return known;
    const wasAt = known.last;
    const leadsOn = last !== null && wasAt !== null && last.before[last.position - wasAt.position - 1] === wasAt.seq;
    if (!leadsOn) return this.#load(stream);
    this.#remember(stream, known, await this.#between(life, last, wasAt.position));
    return known;
  }

  /** From after a position to `last`, those that are there. */
  async #between(life: Life, last: LogRecord, position: number): Promise<LogRecord[]> {
    if (last.position <= position) return [];
    const { reader } = this.#deps;
    const { seqs } = await reader.sequences(life, last, position + 1);
    const earlier = await Promise.all(seqs.slice(0, -1).map((seq) => reader.record(life, last.stream, seq)));
    return [...earlier.filter((record) => record !== null), last];
  }

  #remember(stream: string, known: Known, records: readonly LogRecord[]): void {
    const before = this.#known.get(stream);
    if (before !== known) this.#rememberedIds += known.seqs.size - (before?.seqs.size ?? 0);
    const size = known.seqs.size;
    for (const record of records) known.seqs.set(record.id, record.seq);
    this.#rememberedIds += known.seqs.size - size;
    const last = records.at(-1);
    if (last !== undefined) known.last = { ...last, data: NO_DATA };
    this.#known.delete(stream);
    this.#known.set(stream, known);
    for (const [oldest, { seqs }] of this.#known) {
      if (this.#rememberedIds <= REMEMBERED_IDS || oldest === stream) break;
      this.#known.delete(oldest);
      this.#rememberedIds -= seqs.size;
    }
  }
}

export function createTag(): string {
  return randomBytes(9).toString('base64url');
}
