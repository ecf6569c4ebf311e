/**
 * `POST forward`: what another edge hands on. Batches of exposures go into this edge's spool, and the answer comes once
 * they are on its disk; everything else is handed on at once, and the answer comes when whoever is next has it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import { checkBatch, parseAggregate, RECEIPT_QUEUE } from '@flaghoist/protocol/exposures';
import { KEY_USAGE_QUEUE, parseKeyUsage } from '@flaghoist/protocol/keys';
import { FORWARD_LIMITS, type ForwardedItem } from '@flaghoist/protocol/ruleset';
import { readBody } from '@flaghoist/runtime/http';
import type { AccessEntry, AccessIndex } from '../access/access-index.ts';
import { withDeadline } from '../deadline.ts';
import { refuse } from '../doors/native/refuse.ts';
import { Shares } from '../shares.ts';
import { type ExposureStore, toLine } from './exposure-store.ts';
import { EXPOSURES_QUEUE } from './spool/forwarder.ts';

export interface ForwardIntakeOptions {
  readonly store: ExposureStore;
  readonly queue: Pick<WorkQueue, 'push'>;
  readonly index: AccessIndex;
  readonly isLoaded: (environment: string) => boolean;
  readonly limits: {
    readonly bodyDeadlineMs: number;
    readonly appendDeadlineMs: number;
    readonly pushDeadlineMs: number;
  };
}

/** `unsure`: this edge does not know enough yet to say. */
type Judged = { readonly line: string } | 'wrong' | 'unsure';

const RETRY_S = '5';
/** Requests read at the same moment, each of up to 4 MiB; of one key a quarter. An edge has three at most. */
const MOST_AT_ONCE = 16;

export class ForwardIntake {
  readonly #options: ForwardIntakeOptions;
  readonly #shares = new Shares(MOST_AT_ONCE);

  constructor(options: ForwardIntakeOptions) {
    this.#options = options;
  }

  async take(request: IncomingMessage, response: ServerResponse, entry: AccessEntry, queue: string): Promise<void> {
    if (!this.#shares.take(entry.id)) {
      refuse(response, 503, 'intake_busy', 'Too much is being handed on at this moment. Send it again later.', RETRY_S);
      return;
    }
    try {
      await this.#take(request, response, entry, queue);
    } finally {
      this.#shares.giveBack(entry.id);
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse, entry: AccessEntry, queue: string): Promise<void> {
    const deadlineMs = this.#options.limits.bodyDeadlineMs;
    const body = await readBody(request, { limitBytes: FORWARD_LIMITS.bytes, deadlineMs });
    if (!body.ok) {
      refuse(response, body.status, body.code, body.detail);
      return;
    }
    const items = parseItems(body.body.toString());
    if (items === null) refuse(response, 400, 'items_invalid', 'Each line is the JSON of an item: its id and body.');
    else if (queue === EXPOSURES_QUEUE) await this.#store(response, entry, items);
    else if (queue === KEY_USAGE_QUEUE) await this.#handOn(response, queue, this.#ofKeys(entry, items), items.length);
    else if (queue === RECEIPT_QUEUE) await this.#handOn(response, queue, ofEnvironments(entry, items), items.length);
    else refuse(response, 400, 'queue_unknown', 'Nothing is handed on in a queue of that name.');
  }

  async #store(response: ServerResponse, entry: AccessEntry, items: readonly ForwardedItem[]): Promise<void> {
    const judged = items.map(({ body }) => this.#judge(entry, body));
    if (judged.includes('unsure')) {
      const detail = 'An environment of these exposures is not loaded here. Send them again later.';
      refuse(response, 503, 'environment_not_loaded', detail, RETRY_S);
      return;
    }
    const lines = judged.flatMap((one) => (typeof one === 'string' ? [] : [one.line]));
    const { store, limits } = this.#options;
    const storing = Promise.all(lines.map((line) => store.append(line)));
    // What is stored after its deadline is sent again and counted once all the same.
    const outcomes = await withDeadline(storing, limits.appendDeadlineMs, 'Storing batches').catch(() => ['late']);
    if (outcomes.every((outcome) => outcome === 'stored')) accept(response, lines.length, items.length);
    else refuse(response, 503, 'spool_unavailable', 'Not everything could be stored. Send it again later.', RETRY_S);
  }

  #judge(entry: AccessEntry, text: string): Judged {
    const value = parseJson(text) as { readonly environment?: unknown; readonly batch?: unknown } | null;
    const checked = checkBatch(value?.batch);
    const environment = value?.environment;
    if (!checked.ok || typeof environment !== 'string') return 'wrong';
    if (entry.environments.includes(environment)) return { line: toLine(environment, checked.batch) };
    return this.#options.isLoaded(environment) ? 'wrong' : 'unsure';
  }

  /** Only what is said about keys of the environments that the sender may follow. */
  #ofKeys(entry: AccessEntry, items: readonly ForwardedItem[]): readonly WorkItem[] {
    const places = new Set(entry.environments);
    return items.flatMap(({ id, body }) => {
      const usage = parseKeyUsage(body);
      const keys = usage?.keys.filter(([key]) =>
        this.#options.index.find(key)?.environments.some((environment) => places.has(environment)),
      );
      return keys === undefined ? [] : [{ id, body: Buffer.from(JSON.stringify({ keys })) }];
    });
  }

  async #handOn(response: ServerResponse, name: string, items: readonly WorkItem[], given: number): Promise<void> {
    const { queue, limits } = this.#options;
    try {
      if (items.length > 0) await withDeadline(queue.push(name, items), limits.pushDeadlineMs, 'Handing on');
      accept(response, items.length, given);
    } catch {
      refuse(response, 503, 'queue_unavailable', 'It could not be handed on. Send it again later.', RETRY_S);
    }
  }
}

function ofEnvironments({ environments }: AccessEntry, items: readonly ForwardedItem[]): readonly WorkItem[] {
  return items.flatMap(({ id, body }) => {
    const environment = parseAggregate(body)?.environment;
    return environment !== undefined && environments.includes(environment) ? [{ id, body: Buffer.from(body) }] : [];
  });
}

function accept(response: ServerResponse, accepted: number, given: number): void {
  const text = JSON.stringify({ accepted, dropped: given - accepted });
  const headers = { 'content-type': 'application/json', 'content-length': text.length, 'cache-control': 'no-store' };
  response.writeHead(200, headers);
  response.end(text);
}

function parseItems(text: string): readonly ForwardedItem[] | null {
  const items = text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseJson);
  return items.length <= FORWARD_LIMITS.items && items.every(isItem) ? items : null;
}

function isItem(value: unknown): value is ForwardedItem {
  const { id, body } = (value ?? {}) as { readonly id?: unknown; readonly body?: unknown };
  return typeof id === 'string' && id.length <= 512 && typeof body === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
