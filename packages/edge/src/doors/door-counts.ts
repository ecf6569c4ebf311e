/** How many requests a door had, and how long some of them took. */
import type { ServerResponse } from 'node:http';
import { Durations } from '@flaghoist/runtime/telemetry';

/** One of so many is timed: to time each would cost the evaluation door some 3 % of what it does. */
const TIMED = 16;

export class DoorCounts {
  readonly durations = new Durations();
  #requests = 0;
  #failures = 0;

  get requests(): number {
    return this.#requests;
  }

  /** Requests that were answered 500. */
  get failures(): number {
    return this.#failures;
  }

  /** `response` null: it is a stream, and takes as long as it lives. */
  begin(response: ServerResponse | null): void {
    this.#requests++;
    if (this.#requests % TIMED === 1 && response !== null) this.#time(response);
  }

  failed(): void {
    this.#failures++;
  }

  #time(response: ServerResponse): void {
    const begun = performance.now();
    response.once('finish', () => this.durations.note((performance.now() - begun) / 1_000));
  }
}
