/** How often clients ask: one attempt at a time, and never a storm. */
import type { Report } from './violation.ts';
import type { Recorded } from './recording.ts';

const WINDOW_MS = 60_000;
/** Windows of 1, 1, 2, 4 ... 30 s that are waited at random, and what may be asked at once, come to less in a minute. */
export const MOST_REQUESTS = 40;

interface Client {
  readonly open: Set<number>;
  asked: number[];
}

export class RequestCheck {
  readonly #report: Report;
  readonly #clients = new Map<string, Client>();

  constructor(report: Report) {
    this.#report = report;
  }

  see(entry: Recorded): void {
    const { who } = entry;
    if (entry.what === 'began') this.#clients.set(who, { open: new Set(), asked: [] });
    const client = this.#clients.get(who);
    if (client === undefined) return;
    if (entry.what === 'over') client.open.delete(entry.number);
    if (entry.what !== 'asked') return;
    client.open.add(entry.number);
    if (client.open.size > 1) this.#report('R', `${who} has ${client.open.size} attempts in flight`);
    client.asked = [...client.asked.filter((at) => at > entry.at - WINDOW_MS), entry.at];
    if (client.asked.length > MOST_REQUESTS)
      this.#report('R', `${who} asked ${client.asked.length} times within ${WINDOW_MS / 1_000} s`);
  }
}
