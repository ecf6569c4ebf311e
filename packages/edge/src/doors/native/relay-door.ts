/** What edges that follow this one ask for beside rulesets: which environments, which keys, and to hand on what goes up. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type KeyExistence, parsePosition, type RelayEnvironments } from '@flaghoist/protocol/ruleset';
import type { AccessEntry, AccessIndex } from '../../access/access-index.ts';
import type { Confirmation } from '../../access/confirmation.ts';
import type { ForwardIntake } from '../../intake/forward-intake.ts';
import type { Replica } from '../../replica/replica.ts';
import { refuse } from './refuse.ts';
import type { RelayStreams, Wanted } from './relay-streams.ts';

export interface RelayDoorOptions {
  readonly replica: Replica;
  readonly index: AccessIndex;
  readonly confirmation: Confirmation;
  readonly inForce: (keyId: string, environment: string) => boolean;
  readonly streams: RelayStreams;
  readonly intake: ForwardIntake;
}

/** More than a key may have. */
const MOST_NAMED = 1_000;

export class RelayDoor {
  readonly #options: RelayDoorOptions;

  constructor(options: RelayDoorOptions) {
    this.#options = options;
  }

  get streams(): RelayStreams {
    return this.#options.streams;
  }

  environments(response: ServerResponse, entry: AccessEntry, query: URLSearchParams): void {
    const { replica, inForce } = this.#options;
    const answer: RelayEnvironments = {
      environments: entry.environments.filter((id) => inForce(entry.id, id) && replica.find(id) !== undefined),
      withdrawn: query.getAll('held').filter((id) => this.#isWithdrawn(entry, id)),
    };
    sendJson(response, answer);
  }

  async keys(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { index, confirmation } = this.#options;
    const id = query.get('id') ?? '';
    const confirmed = index.find(id) === undefined ? await confirmation.ask(id) : 'here';
    const answer: KeyExistence = { exists: confirmed === 'here' };
    if (confirmed === 'unsure')
      refuse(response, 503, 'key_unconfirmed', 'Nobody can say at the moment. Ask again in a second.', '1');
    else sendJson(response, answer);
  }

  forward(
    request: IncomingMessage,
    response: ServerResponse,
    entry: AccessEntry,
    query: URLSearchParams,
  ): Promise<void> {
    return this.#options.intake.take(request, response, entry, query.get('queue') ?? '');
  }

  /** Every environment that the stream is to carry, named with a place or without. */
  wanted({ id: keyId }: AccessEntry, query: URLSearchParams): readonly Wanted[] {
    const tokens = query.getAll('after').map(parsePosition);
    const named = new Map(query.getAll('environment').map((id) => [id, null]));
    const places = new Map(tokens.map((token) => [token?.environment ?? '', token?.cursor ?? null]));
    return [...new Map([...named, ...places])].slice(0, MOST_NAMED).map(([id, cursor]) => {
      const found = this.#options.inForce(keyId, id) ? this.#options.replica.find(id) : undefined;
      return { id, environment: found ?? null, cursor };
    });
  }

  /** Only whoever has the newest access document may say so: another edge forgets the environment for it. */
  #isWithdrawn(entry: AccessEntry, id: string): boolean {
    if (entry.environments.includes(id)) return false;
    for (const { environment, fresh, refused } of this.#options.replica.followed())
      if (environment.id === id) return environment.current !== null && fresh && refused === null;
    return false;
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
