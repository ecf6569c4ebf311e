/** Server-sent events out of text that arrives in pieces, cut anywhere. */

export interface ServerSentEvent {
  /** `message` when the stream names none. */
  readonly event: string;
  /** The last id the stream has sent so far, with this event or before it. */
  readonly id: string | null;
  /** The data lines joined by LF. */
  readonly data: string;
}

export interface EventStreamParser {
  /**
   * Calls `onEvent` for every event that this piece completes, before it returns. False once an event has grown past
   * the limit: the parser then ignores everything, and whoever reads the stream closes it.
   */
  push(text: string): boolean;
}

/** Characters that one unfinished event may hold. */
export const EVENT_LIMIT = 64 * 1024 * 1024;

/**
 * Parses as the HTML standard's "Interpreting an event stream" says (LF, CR and CRLF end lines, a leading byte order
 * mark is skipped, comments and unknown fields are ignored), with one difference: an event that has a name but no data
 * is handed on with empty data instead of being swallowed, so that a bare `event: reset` is not lost.
 */
export function createEventStreamParser(
  onEvent: (event: ServerSentEvent) => void,
  limit: number = EVENT_LIMIT,
): EventStreamParser {
  const lines = new Lines();
  const builder = new EventBuilder(onEvent);
  let overflown = false;
  return {
    push(text) {
      if (overflown) return false;
      lines.push(text, (line) => builder.line(line));
      overflown = lines.pending + builder.pending > limit;
      return !overflown;
    },
  };
}

class Lines {
  // A long line may come in hundreds of pieces: each piece is searched once and they are joined once.
  #pieces: string[] = [];
  #pending = 0;
  #atStart = true;
  #skipLineFeed = false;

  get pending(): number {
    return this.#pending;
  }

  push(text: string, onLine: (line: string) => void): void {
    if (text === '') return;
    let from = 0;
    if (this.#atStart && text.startsWith('\uFEFF')) from = 1;
    this.#atStart = false;
    if (this.#skipLineFeed && text[from] === '\n') from += 1;
    this.#skipLineFeed = false;
    let feed = text.indexOf('\n', from);
    let carriage = text.indexOf('\r', from);
    while (feed >= 0 || carriage >= 0) {
      const byCarriage = carriage >= 0 && (feed < 0 || carriage < feed);
      const end = byCarriage ? carriage : feed;
      onLine(this.#complete(text.slice(from, end)));
      from = end + 1;
      if (byCarriage && from === text.length) this.#skipLineFeed = true;
      if (byCarriage && text[from] === '\n') from += 1;
      if (feed >= 0 && feed < from) feed = text.indexOf('\n', from);
      if (carriage >= 0 && carriage < from) carriage = text.indexOf('\r', from);
    }
    if (from < text.length) {
      this.#pieces.push(text.slice(from));
      this.#pending += text.length - from;
    }
  }

  #complete(last: string): string {
    if (this.#pieces.length === 0) return last;
    this.#pieces.push(last);
    const line = this.#pieces.join('');
    this.#pieces = [];
    this.#pending = 0;
    return line;
  }
}

class EventBuilder {
  readonly #onEvent: (event: ServerSentEvent) => void;
  #event = '';
  #id: string | null = null;
  #data: string[] = [];
  #pending = 0;

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  get pending(): number {
    return this.#pending;
  }

  line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#data.push(value);
      this.#pending += value.length + 1;
    } else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch(): void {
    const event = { event: this.#event || 'message', id: this.#id, data: this.#data.join('\n') };
    const any = this.#event !== '' || this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    this.#pending = 0;
    if (any) this.#onEvent(event);
  }
}
