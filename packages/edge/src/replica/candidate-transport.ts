/**
 * What a canary edge reads of an environment: its log, and the candidate that is tried on the newest revision of it. The
 * candidate is one more block behind those of the base; a stream sends whoever has another one to the snapshot.
 */
import type { FetchListener, StreamListener, Transport } from '@flaghoist/client';
import {
  type Cursor,
  formatCursor,
  headLinesOf,
  parseCursor,
  parseHead,
  type Sha256,
} from '@flaghoist/protocol/ruleset';

/** A candidate as the bus has it. */
export interface HeldCandidate {
  readonly at: Required<Cursor>;
  /** Its block. */
  readonly text: string;
}

/** How often a candidate is offered to whoever does not apply it: after that the log is followed without it. */
const OFFERS = 3;

export class CandidateTransport implements Transport {
  readonly #base: Transport;
  readonly #sha256: Sha256;
  #candidate: HeldCandidate | null = null;
  #offers = 0;

  constructor(base: Transport, sha256: Sha256) {
    this.#base = base;
    this.#sha256 = sha256;
  }

  /** What is tried from now on; null: nothing. */
  try(candidate: HeldCandidate | null): void {
    this.#candidate = candidate;
    this.#offers = 0;
  }

  fetch(etag: string | null, listener: FetchListener, wanted: string | null): () => void {
    if (this.#candidate === null) return this.#base.fetch(etag, listener, wanted);
    // Asked for as a whole: what is held may be the candidate, of which the log knows nothing.
    return this.#base.fetch(
      null,
      {
        ...listener,
        onRuleset: (text) => {
          const base = lastHeadIn(text);
          const block = this.#blockOn(base);
          const held = headTextOf(block ?? base);
          if (block !== null) this.#offers++;
          if (etag !== null && this.#sha256(held) === etag) listener.onUnchanged();
          else listener.onRuleset(block === null ? text : text + block);
        },
        onUnchanged: () => listener.onUnchanged(),
        onFailure: (failure) => listener.onFailure(failure),
      },
      wanted,
    );
  }

  connect(after: string, listener: StreamListener): () => void {
    const held = parseCursor(after);
    let at = held;
    if (held?.candidate !== undefined && held.candidate === this.#candidate?.at.candidate) this.#offers = 0;
    const base = held === null ? after : formatCursor({ epoch: held.epoch, revision: held.revision });
    return this.#base.connect(base, {
      onOpen: () => listener.onOpen(),
      onText: (text) => listener.onText(text),
      onFailure: (failure) => listener.onFailure(failure),
      onEvent: (event) => {
        // A patch leads on from the base: whoever holds a candidate begins anew with it.
        if (event.event === 'patch') at = parseHead(headTextOf(event.data)) ?? at;
        const block = event.event === 'head' && isAt(event.data, at) ? this.#blockOn(event.data) : null;
        const number = block === null ? undefined : this.#candidate?.at.candidate;
        if (event.event !== 'head' || !isAt(event.data, at)) listener.onEvent(event);
        else if (number !== at?.candidate) listener.onEvent({ event: 'reset', data: '' });
        else listener.onEvent(block === null ? event : { ...event, data: headLinesOf(block) });
      },
    });
  }

  /** The block of the candidate that is made on a head; null: none is. */
  #blockOn(headLines: string): string | null {
    if (this.#candidate === null || this.#offers >= OFFERS) return null;
    const { at, text } = this.#candidate;
    return isAt(headLines, at) && parseHead(headTextOf(text))?.previous === this.#sha256(headTextOf(headLines))
      ? text
      : null;
  }
}

function isAt(headLines: string, place: Cursor | null): boolean {
  const head = parseHead(headTextOf(headLines));
  return head !== null && head.epoch === place?.epoch && head.revision === place.revision;
}

function headTextOf(lines: string): string {
  const end = lines.indexOf('\n');
  return end < 0 ? lines : lines.slice(0, end);
}

/** The head of the last block, and what follows it. */
function lastHeadIn(text: string): string {
  return text.slice(text.lastIndexOf('\n{') + 1);
}
