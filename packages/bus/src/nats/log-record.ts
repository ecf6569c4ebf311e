/** A message of the log as JetStream keeps it: what the bus has to know of it is in its headers. */
import { formatText, nameOfToken, parseText } from './names.ts';
import { formatPieces, formatSequences, parsePieces, parseSequences, type Pieces } from './pieces.ts';

/** How many of the messages before it a message names: whoever reads a range asks for that many at once. */
const NAMED = 64;

export interface LogRecord {
  readonly stream: string;
  readonly seq: number;
  readonly position: number;
  readonly id: string;
  readonly checkpoint: boolean;
  /** Where the newest checkpoint up to this message is; null: there is none. */
  readonly newestCheckpoint: Place | null;
  /** Sequences of the messages before it in its stream, newest first. */
  readonly before: readonly number[];
  /** Tells this append from every other one. */
  readonly tag: string;
  /** Null: the body is in the message. */
  readonly pieces: Pieces | null;
  readonly data: Uint8Array;
}

interface Place {
  readonly position: number;
  readonly seq: number;
}

export type NewRecord = Omit<LogRecord, 'seq'>;

const HEADER = {
  id: 'Fh-Id',
  position: 'Fh-Position',
  checkpoint: 'Fh-Checkpoint',
  before: 'Fh-Before',
  tag: 'Fh-Tag',
  pieces: 'Fh-Pieces',
} as const;
const ITSELF = 'self';

/** What comes after `last`, which is null at the beginning of a stream. */
export function recordAfter(
  last: LogRecord | null,
  own: Pick<LogRecord, 'stream' | 'id' | 'checkpoint' | 'tag' | 'pieces' | 'data'>,
): NewRecord {
  const position = (last?.position ?? 0) + 1;
  return {
    ...own,
    position,
    newestCheckpoint: own.checkpoint ? null : (last?.newestCheckpoint ?? null),
    before: last === null ? [] : [last.seq, ...last.before].slice(0, NAMED),
  };
}

/** As it was stored under that sequence. */
export function stored(record: NewRecord, seq: number): LogRecord {
  const newestCheckpoint = record.checkpoint ? { position: record.position, seq } : record.newestCheckpoint;
  return { ...record, seq, newestCheckpoint };
}

export function formatRecord(record: NewRecord): Record<string, string> {
  const { newestCheckpoint: place, before, pieces } = record;
  return {
    [HEADER.id]: formatText(record.id),
    [HEADER.position]: String(record.position),
    [HEADER.tag]: record.tag,
    ...(record.checkpoint ? { [HEADER.checkpoint]: ITSELF } : {}),
    ...(!record.checkpoint && place !== null ? { [HEADER.checkpoint]: `${place.position}.${place.seq}` } : {}),
    ...(before.length > 0 ? { [HEADER.before]: formatSequences(before) } : {}),
    ...(pieces === null ? {} : { [HEADER.pieces]: formatPieces(pieces) }),
  };
}

/** Null: it is no message of the log. */
export function parseRecord(message: {
  readonly subject: string;
  readonly seq: number;
  readonly header: (name: string) => string;
  readonly data: Uint8Array;
}): LogRecord | null {
  const { subject, seq, header, data } = message;
  const position = Number(header(HEADER.position));
  if (!Number.isSafeInteger(position) || position < 1 || header(HEADER.id) === '') return null;
  const checkpoint = header(HEADER.checkpoint);
  const [at = '', there = ''] = checkpoint.split('.');
  const record: NewRecord = {
    stream: nameOfToken(subject.slice(subject.lastIndexOf('.') + 1)),
    position,
    id: parseText(header(HEADER.id)),
    checkpoint: checkpoint === ITSELF,
    newestCheckpoint: there === '' ? null : { position: Number(at), seq: Number(there) },
    before: parseSequences(header(HEADER.before)),
    tag: header(HEADER.tag),
    pieces: parsePieces(header(HEADER.pieces)),
    data,
  };
  return stored(record, seq);
}
