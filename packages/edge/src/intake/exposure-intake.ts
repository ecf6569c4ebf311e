/** `POST exposures`: authenticates, checks, stores, and only then answers 202. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkBatch, EXPOSURE_LIMITS } from '@flaghoist/protocol/exposures';
import { readBody } from '@flaghoist/runtime/http';
import { withDeadline } from '../deadline.ts';
import { refuse } from '../doors/native/refuse.ts';
import { type ExposureStore, toLine } from './exposure-store.ts';

export interface ExposureIntakeOptions {
  readonly store: ExposureStore;
  readonly limits: {
    readonly bodyDeadlineMs: number;
    readonly appendDeadlineMs: number;
    readonly intakeBytes: number;
  };
}

const ACCEPTED = '{"accepted":true}';
const RETRY_S = '5';

export class ExposureIntake {
  readonly #options: ExposureIntakeOptions;
  readonly #refused = { busy: 0, unreadable: 0, full: 0, disk: 0 };
  #heldBytes = 0;

  constructor(options: ExposureIntakeOptions) {
    this.#options = options;
  }

  /** Batches that were not taken since the start, by why. */
  get refused(): Readonly<Record<string, number>> {
    return this.#refused;
  }

  /** `environment`: that of the key; a batch cannot name another. */
  async take(request: IncomingMessage, response: ServerResponse, environment: string): Promise<void> {
    const bytes = announcedBytes(request);
    if (this.#heldBytes + bytes > this.#options.limits.intakeBytes) {
      this.#refused.busy++;
      refuse(
        response,
        503,
        'intake_busy',
        'Too many batches are arriving at this moment. Send it again later.',
        RETRY_S,
      );
      return;
    }
    this.#heldBytes += bytes;
    try {
      await this.#take(request, response, environment);
    } finally {
      this.#heldBytes -= bytes;
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse, environment: string): Promise<void> {
    const { bodyDeadlineMs } = this.#options.limits;
    const body = await readBody(request, { limitBytes: EXPOSURE_LIMITS.bytes, deadlineMs: bodyDeadlineMs });
    if (!body.ok) {
      this.#refused.unreadable++;
      refuse(response, body.status, body.code, body.detail);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(body.body.toString());
    } catch {
      this.#refused.unreadable++;
      refuse(response, 400, 'not_json', 'The body is not JSON.');
      return;
    }
    const checked = checkBatch(value);
    if (!checked.ok) {
      this.#refused.unreadable++;
      refuse(response, 400, 'batch_invalid', checked.message, null, checked.path);
      return;
    }
    await this.#store(response, toLine(environment, checked.batch));
  }

  async #store(response: ServerResponse, line: string): Promise<void> {
    const { store, limits } = this.#options;
    // A batch that is stored after its deadline is sent again by its sender and counted once all the same.
    const outcome = await withDeadline(store.append(line), limits.appendDeadlineMs, 'Storing a batch').catch(
      () => 'late',
    );
    if (outcome !== 'stored') this.#refused[outcome === 'full' ? 'full' : 'disk']++;
    if (outcome === 'stored') accept(response);
    else if (outcome === 'full')
      refuse(
        response,
        503,
        'spool_full',
        'The spool is full: the work queue is not taking batches. Send it again later.',
        RETRY_S,
      );
    else
      refuse(
        response,
        503,
        'spool_unavailable',
        'The batch could not be written to disk. Send it again later.',
        RETRY_S,
      );
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, {
    'content-type': 'application/json',
    'content-length': ACCEPTED.length,
    'cache-control': 'no-store',
  });
  response.end(ACCEPTED);
}

/** What the body may take in memory: chunked or compressed it may be anything up to the limit. */
function announcedBytes({ headers }: IncomingMessage): number {
  const announced = Number(headers['content-length'] ?? Number.NaN);
  const exact = headers['content-encoding'] === undefined && Number.isSafeInteger(announced);
  return exact ? Math.min(announced, EXPOSURE_LIMITS.bytes) : EXPOSURE_LIMITS.bytes;
}
