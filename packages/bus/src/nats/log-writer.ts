/**
 * Appending to the log and trimming it.
 *
 * The server stores a message only when the newest one of the whole log is the one that the writer knows: then whatever
 * the writer knows about the message's own stream is still so. That is exact on every server, where comparing by subject
 * is not, and costs a writer nothing while nobody else writes. The first message of a stream needs no more than that its
 * subject is empty: such are sent side by side, as many streams are when a log was lost. What was stored though its acknowledgement was lost is
 * recognised by the tag of its append.
 */
import { randomBytes } from 'node:crypto';
import type { AppendRequest, AppendResult } from '../index.ts';
import type { Connection } from './connection.ts';
import type { Expected, JetStream } from './jetstream.ts';
import { formatRecord, type LogRecord, type NewRecord, parseRecord, recordAfter, stored } from './log-record.ts';
import type { LogReader } from './log-reader.ts';
import type { Life, LogStream } from './log-stream.ts';
import { type Pieces, pieceBytes, writePieces } from './pieces.ts';

/** Ids of messages that are remembered, in all streams together: some 30 MB. */
const REMEMBERED_IDS = 200_000;
/** What is assumed until a server has said what it takes. */
const ONE_MEGABYTE = 1 << 20;
const NO_DATA = new Uint8Array(0);

/** What this process knows of a stream: all of it, up to `last`. */
interface Known {
  last: LogRecord | null;
  /** The newest sequence of the log when that was so. */
  asOf: number;
  /** Sequences by id, of messages that may be trimmed by now. */
  readonly seqs: Map<string, number>;
}

/** Where the log ends, in one life of it. */
interface End {
  readonly life: Life;
  readonly seq: number;
  /** After this one all messages are this writer's own. */
  readonly othersUntil: number;
  readonly breakCount: number;
}

export interface LogWriterDeps {
  readonly jetstream: JetStream;
  readonly stream: LogStream;
  readonly reader: LogReader;
  readonly connection: Pick<Connection, 'facts' | 'breakCount'>;
}

export class LogWriter {
  readonly #deps: LogWriterDeps;
  /** In the order in which they were used. */
  readonly #known = new Map<string, Known>();
  #rememberedIds = 0;
  #end: End | null = null;
  /** Sequences beyond the end that are this writer's own: acknowledgements of what was sent side by side. */
  readonly #ahead = new Set<number>();

  constructor(deps: LogWriterDeps) {
    this.#deps = deps;
  }

  /** The servers may have lost what they had. */
  forget(): void {
    this.#end = null;
    this.#known.clear();
    this.#rememberedIds = 0;
    this.#ahead.clear();
  }

  /**
   * Appends to a stream that is empty. May be called while others of its kind are under way, and asks nobody first: that a
   * subject has no message is compared exactly, on every server. Null: it has one, or nobody knows.
   */
  async begin({ stream, id, checkpoint, body }: AppendRequest, tag: string): Promise<AppendResult | null> {
    const life = await this.#deps.stream.life();
    const before = this.#deps.stream.newestKnown(life);
    const pieces = await this.#writePieces(life, stream, tag, body);
    const data = pieces === null ? body : NO_DATA;
    const record = recordAfter(null, { stream, id, checkpoint, tag, pieces, data });
    const seq = await this.#publish(life, record, { of: 'subject', seq: 0 });
    if (seq === null) return null;
    await this.#deps.stream.stored(life, seq, before);
    this.#advance(life, [...(pieces?.seqs ?? []), seq]);
    this.#remember(stream, { last: null, asOf: seq, seqs: new Map() }, [stored(record, seq)], seq);
    return { outcome: 'appended', position: record.position };
  }

  /** One at a time. May be called again after a failure, with the same tag. */
  async append(request: AppendRequest, tag: string): Promise<AppendResult> {
    const { stream, id, after } = request;
    let isFresh = this.#end === null;
    let end = this.#end ?? (await this.#look());
    for (;;) {
      const known = await this.#knownAt(stream, end, isFresh);
      const seq = known?.seqs.get(id);
      const isRefused = after !== undefined && after !== (known?.last?.id ?? null);
      if (known === null || ((seq !== undefined || isRefused) && !isFresh)) {
        end = await this.#look();
        isFresh = true;
      } else if (seq !== undefined) {
        const there = await this.#deps.reader.record(end.life, stream, seq);
        if (there !== null && there.id === id)
          return { outcome: there.tag === tag ? 'appended' : 'duplicate', position: there.position };
        known.seqs.delete(id);
      } else if (isRefused) return { outcome: 'refused', last: known.last?.id ?? null };
      else {
        const record = await this.#store(request, known, end, tag);
        if (record !== null) return { outcome: 'appended', position: record.position };
        end = await this.#look();
        isFresh = true;
      }
    }
  }

  async trim(stream: string, keep: number): Promise<void> {
    const { jetstream, reader } = this.#deps;
    // What this process wrote itself is enough: somebody else's newer messages would only let it forget more.
    const own = this.#known.get(stream)?.last ?? null;
    const { life, last } =
      own === null || this.#end === null ? await reader.newest(stream) : { life: this.#end.life, last: own };
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

  /** Null: somebody else wrote meanwhile. */
  async #store(request: AppendRequest, known: Known, end: End, tag: string): Promise<LogRecord | null> {
    const { stream, id, checkpoint, body } = request;
    const { life, breakCount } = end;
    const pieces = await this.#writePieces(life, stream, tag, body);
    const data = pieces === null ? body : NO_DATA;
    const record = recordAfter(known.last, { stream, id, checkpoint, tag, pieces, data });
    const expected = { of: 'stream', seq: end.seq + (pieces?.seqs.length ?? 0), breakCount } as const;
    const seq = await this.#publish(life, record, expected);
    if (seq === null) return null;
    this.#end = { ...end, seq };
    await this.#deps.stream.stored(life, seq, end.seq);
    const kept = stored(record, seq);
    this.#remember(stream, known, [kept], seq);
    return kept;
  }

  /** Null: the body needs none. */
  async #writePieces(life: Life, stream: string, tag: string, body: Uint8Array): Promise<Pieces | null> {
    const { jetstream, connection } = this.#deps;
    const longest = pieceBytes(connection.facts?.maxPayloadBytes ?? ONE_MEGABYTE);
    if (body.length <= longest) return null;
    return writePieces(jetstream, life.subjects.pieces(stream, tag), body, longest);
  }

  /** The sequence of the message; null: another one is there than expected, and its pieces are removed. */
  async #publish({ subjects }: Life, record: NewRecord, expected: Expected): Promise<number | null> {
    const { stream, tag, data, pieces } = record;
    const result = await this.#deps.jetstream.publish(subjects.messages(stream), data, formatRecord(record), expected);
    if (result.outcome === 'stored') return result.seq;
    if (pieces !== null) await this.#purgePieces(subjects.pieces(stream, tag)).catch(() => undefined);
    return null;
  }

  /** What was stored side by side is this writer's own as well: the end goes on with it as far as nobody wrote in between. */
  #advance(life: Life, seqs: readonly number[]): void {
    let end = this.#end;
    if (end === null || end.life.name !== life.name) return;
    for (const seq of seqs) this.#ahead.add(seq);
    while (this.#ahead.delete(end.seq + 1)) end = { ...end, seq: end.seq + 1 };
    this.#end = end;
  }

  #purgePieces(subject: string): Promise<void> {
    return this.#deps.jetstream.purge(this.#deps.stream.name, subject, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Forgets a whole stream, of which `last` is the newest message. Writers who know it hear of that by the end of the log,
   * which is another one afterwards.
   */
  async remove(life: Life, { stream, seq }: Pick<LogRecord, 'stream' | 'seq'>): Promise<void> {
    const { jetstream, stream: there } = this.#deps;
    await jetstream.purge(there.name, life.subjects.messages(stream), seq + 1);
    await jetstream.publish(life.subjects.pieces(stream, 'removed'), NO_DATA, {});
    this.forget();
  }

  /** Where the log ends now. What others wrote since the last look may be of any stream. */
  async #look(): Promise<End> {
    const { breakCount } = this.#deps.connection;
    const { life, lastSeq: seq } = await this.#deps.stream.lookToWrite();
    const before = this.#end;
    if (before === null || before.life.name !== life.name || seq < before.seq) this.forget();
    const othersUntil =
      before !== null && before.life.name === life.name && before.seq === seq ? before.othersUntil : seq;
    for (const own of this.#ahead) if (own <= seq) this.#ahead.delete(own);
    this.#end = { life, seq, othersUntil, breakCount };
    return this.#end;
  }

  /** The stream as it was when the log ended there. Null: the log goes on by now. `again`: what is remembered is not enough. */
  async #knownAt(stream: string, end: End, again: boolean): Promise<Known | null> {
    const known = this.#known.get(stream);
    if (known !== undefined && known.asOf >= end.othersUntil && !again) return known;
    const last = await this.#deps.reader.newestIn(end.life, stream);
    if ((last?.seq ?? 0) > end.seq) return null;
    return known === undefined ? this.#load(stream, end, last) : this.#extend(stream, end, known, last);
  }

  async #load(stream: string, end: End, last: LogRecord | null): Promise<Known> {
    const { jetstream, stream: there } = this.#deps;
    const known: Known = { last: null, asOf: end.seq, seqs: new Map() };
    const subject = end.life.subjects.messages(stream);
    const found = last === null || last.position === 1 ? [] : await jetstream.scan(there.name, subject, 'all');
    const records = found.map(parseRecord).filter((record) => record !== null && record.seq <= end.seq);
    // The replica that was asked may be behind the leader.
    const until = records.at(-1)?.position ?? 0;
    const rest = last === null ? [] : await this.#between(end.life, last, until);
    this.#remember(
      stream,
      known,
      [...records, ...rest].filter((record) => record !== null),
      end.seq,
    );
    return known;
  }

  async #extend(stream: string, end: End, known: Known, last: LogRecord | null): Promise<Known> {
    const was = known.last;
    const isSame = last?.seq === was?.seq && last?.tag === was?.tag;
    const leadsOn = last !== null && was !== null && last.before[last.position - was.position - 1] === was.seq;
    if (!isSame && !leadsOn) return this.#load(stream, end, last);
    const news = last === null || was === null || isSame ? [] : await this.#between(end.life, last, was.position);
    this.#remember(stream, known, news, end.seq);
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

  #remember(stream: string, known: Known, records: readonly LogRecord[], asOf: number): void {
    const before = this.#known.get(stream);
    this.#rememberedIds -= before?.seqs.size ?? 0;
    for (const record of records) known.seqs.set(record.id, record.seq);
    this.#rememberedIds += known.seqs.size;
    const last = records.at(-1);
    if (last !== undefined) known.last = { ...last, data: NO_DATA };
    known.asOf = asOf;
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
