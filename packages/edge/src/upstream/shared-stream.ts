/**
 * One stream for all environments of a relay key, each of which has a follower that believes the stream to be its own.
 *
 * Whoever joins makes the stream be opened anew with everybody's place; the others go on hearing the one before until the
 * new one has opened. A stream that fails fails everybody who hears it, and nobody else. It decides nothing: when to ask
 * again is for the followers, who draw their waits together and so come back together.
 */
import { createEventStreamParser, type Failure, type StreamListener, type Timers } from '@flaghoist/client';
import { formatCursor, parseHead, parseToken } from '@flaghoist/protocol/ruleset';
import type { LinkListener } from './upstream-requests.ts';

export interface SharedStreamOptions {
  readonly open: (places: ReadonlyMap<string, string>, listener: LinkListener) => () => void;
  readonly timers: Pick<Timers, 'after'>;
  /** What the key may follow has changed. */
  readonly onEnvironments: () => void;
}

interface Member {
  readonly listener: StreamListener;
  /** The place it was last led to. */
  cursor: string;
  /** The stream it hears; null: it waits for one. */
  link: Link | null;
}

interface Link {
  readonly cancel: () => void;
  opened: boolean;
}

interface ReceivedEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

/** Those who come within this time come together. */
const GATHER_MS = 20;

export class SharedStream {
  readonly #options: SharedStreamOptions;
  readonly #members = new Map<string, Member>();
  #current: Link | null = null;
  /** Is being opened, for its members. */
  #next: { readonly link: Link; readonly members: ReadonlyMap<string, Member> } | null = null;
  #cancelGathering: (() => void) | null = null;

  constructor(options: SharedStreamOptions) {
    this.#options = options;
  }

  /** As `Transport.connect`. */
  join(environment: string, after: string, listener: StreamListener): () => void {
    const member: Member = { listener, cursor: after, link: null };
    this.#members.set(environment, member);
    this.#gather();
    return () => this.#leave(environment, member);
  }

  #leave(environment: string, member: Member): void {
    if (this.#members.get(environment) === member) this.#members.delete(environment);
    if (this.#members.size > 0) return;
    this.#cancelGathering?.();
    this.#cancelGathering = null;
    this.#next?.link.cancel();
    this.#next = null;
    this.#current?.cancel();
    this.#current = null;
  }

  #gather(): void {
    // Whoever comes while one is being opened is in the next.
    if (this.#next !== null) return;
    this.#cancelGathering ??= this.#options.timers.after(GATHER_MS, () => {
      this.#cancelGathering = null;
      this.#open();
    });
  }

  #open(): void {
    const members = new Map(this.#members);
    const places = new Map(Array.from(members, ([id, { cursor }]) => [id, cursor]));
    const parser = createEventStreamParser((event) => this.#hear(link, event));
    const link: Link = {
      opened: false,
      cancel: this.#options.open(places, {
        onOpen: () => this.#opened(link),
        onText: (text) => {
          if (parser.push(text)) return;
          link.cancel();
          this.#failed(link, {
            status: null,
            retryAfterMs: null,
            message: 'The stream sent an event that is too large.',
          });
        },
        onFailure: (failure) => this.#failed(link, failure),
      }),
    };
    this.#next = { link, members };
  }

  #opened(link: Link): void {
    if (this.#next?.link !== link) return;
    const { members } = this.#next;
    this.#next = null;
    link.opened = true;
    const before = this.#current;
    this.#current = link;
    before?.cancel();
    const fresh = [...members].filter(([id, member]) => this.#members.get(id) === member);
    const waiting = fresh.filter(([, member]) => member.link === null);
    for (const [, member] of fresh) member.link = link;
    for (const [id, member] of waiting) if (this.#members.get(id) === member) member.listener.onOpen();
    if ([...this.#members.values()].some((member) => member.link === null)) this.#gather();
  }

  #failed(link: Link, failure: Failure): void {
    const members = this.#next?.link === link ? this.#next.members : this.#members;
    const heard = link.opened ? link : null;
    if (this.#next?.link === link) this.#next = null;
    if (this.#current === link) this.#current = null;
    for (const [id, member] of members)
      if (member.link === heard && this.#members.get(id) === member) {
        this.#members.delete(id);
        member.listener.onFailure(failure);
      }
    if ([...this.#members.values()].some((member) => member.link === null)) this.#gather();
  }

  #hear(link: Link, received: ReceivedEvent): void {
    if (received.event === 'environments') this.#options.onEnvironments();
    const [environment, cursor] = placeOf(received);
    const member = this.#members.get(environment);
    if (member === undefined || member.link !== link) return;
    if (cursor !== null) member.cursor = cursor;
    member.listener.onEvent(received);
  }
}

/** Of which environment an event is, and where it leads to. */
function placeOf({ event, id, data }: ReceivedEvent): readonly [string, string | null] {
  if (event === 'reset') return [data, null];
  if (event === 'head') return [parseHead(data.split('\n', 1)[0] ?? '')?.environment ?? '', null];
  const token = event === 'patch' && id !== null ? parseToken(id) : null;
  return token === null ? ['', null] : [token.environment ?? '', formatCursor(token.cursor)];
}
