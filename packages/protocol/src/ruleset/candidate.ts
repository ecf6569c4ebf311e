/**
 * Candidates on the bus: beside the stream of each environment that ever had one there is another, whose last message is the
 * candidate that is tried, or says that none is. Its body is a block like a patch on the base; that of none is empty.
 */
import { type Cursor, formatCursor, parseCursor } from './head.ts';

const PREFIX = 'candidate.';
const NONE = 'none';

export function candidateStream(environment: string): string {
  return `${PREFIX}${environment}`;
}

/** Whether a stream of the bus is one of candidates, and so no environment's own. */
export function isCandidateStream(stream: string): boolean {
  return stream.startsWith(PREFIX);
}

/** The id of a candidate's message. */
export function candidateMessageId(environment: string, at: Required<Cursor>): string {
  return `${candidateStream(environment)}:${formatCursor(at)}`;
}

/** The id of the message that says that the candidate with this number, and every one before it, is not tried any more. */
export function noCandidateMessageId(environment: string, number: number): string {
  return `${candidateStream(environment)}:${NONE}.${number}`;
}

/** The place of the candidate that a message is; null: it says that there is none. */
export function candidateIn(messageId: string): Required<Cursor> | null {
  const cursor = parseCursor(messageId.slice(messageId.lastIndexOf(':') + 1));
  return cursor?.candidate === undefined ? null : { ...cursor, candidate: cursor.candidate };
}
