/** How many requests the management API had, and what came of them. */
import { counter, Durations, samplesOf, type Series } from '@flaghoist/runtime/telemetry';

export class ApiCounts {
  readonly #durations = new Durations();
  readonly #refusals = { token: 0, rights: 0 };
  #requests = 0;
  #failures = 0;
  #tooMany = 0;
  #brokenChains = 0;

  /** `seconds` null: it was a stream, which takes as long as it lives. */
  note(status: number, seconds: number | null): void {
    this.#requests++;
    if (status >= 500) this.#failures++;
    else if (status === 401) this.#refusals.token++;
    else if (status === 403) this.#refusals.rights++;
    else if (status === 429) this.#tooMany++;
    if (seconds !== null) this.#durations.note(seconds);
  }

  /** An audit chain was verified, and is not intact. */
  brokenChain(): void {
    this.#brokenChains++;
  }

  series(): readonly Series[] {
    const labels = { door: 'management' };
    return [
      counter('requests_total', 'Requests.', [{ value: this.#requests, labels }]),
      counter('request_failures_total', 'Requests that were answered 500.', [{ value: this.#failures, labels }]),
      {
        name: 'request_duration_seconds',
        kind: 'histogram',
        help: 'How long requests took, streams left out; at the doors of the edge one of 16.',
        samples: this.#durations.samples(labels),
      },
      counter(
        'auth_failures_total',
        'Requests that were refused for their key.',
        samplesOf('kind', Object.entries(this.#refusals)),
      ),
      counter('rate_limited_total', 'Requests too many.', [{ value: this.#tooMany, labels: { kind: 'management' } }]),
      counter(
        'audit_verify_failures_total',
        'Verifications of an audit chain that found it altered.',
        this.#brokenChains,
      ),
    ];
  }
}
