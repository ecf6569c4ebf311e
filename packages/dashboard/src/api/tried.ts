/** Writes to an environment that publishes in stages: they are accepted, and tried on canary edges before they are published. */
import type { Change } from './openapi.d.ts';
import { ApiProblem } from './problem.ts';

/** What was asked for is not there yet: not a refusal, and not done either. */
export class TriedFirst extends ApiProblem {
  readonly change: string;

  constructor(change: string) {
    super({
      status: 202,
      code: 'tried',
      title: 'It is being tried first',
      detail:
        'This environment publishes in stages: the change is on canary edges now, and is published once it was healthy there. Its page in the history says how it does.',
    });
    this.name = 'TriedFirst';
    this.change = change;
  }
}

/**
 * What a write has made.
 *
 * @throws {TriedFirst} When it is tried first: then it answers its change.
 */
export function published<Found extends object>(found: Found): Exclude<Found, Change> {
  if ('entityCount' in found && 'id' in found) throw new TriedFirst(String(found.id));
  return found as Exclude<Found, Change>;
}
