/** A script that must get its changes in, whatever happens to the server. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ManagementApi } from './management-api.ts';

/** What the server said of one change when it acknowledged it. */
export interface Acknowledged {
  readonly value: number;
  readonly change: string;
  readonly revision: number;
  /** An earlier attempt had made it, and its answer was lost. */
  readonly replayed: boolean;
}

export interface ChangeWriter {
  /** Sets the flag's value; sends the same request until it is answered. Rejects when it is refused. */
  write(value: number): Promise<Acknowledged>;
  /** Everything that was acknowledged, in order. */
  readonly acknowledged: readonly Acknowledged[];
}

const RETRY_MS = 50;
/** A server that is killed, and a disk that is mounted anew, on a machine that has a great deal else to do. */
const ANSWERED_WITHIN_MS = 300_000;

/** Edits the number flag `flag`, whose variant `now` holds the value, one change after the other. */
export async function createChangeWriter(
  api: Pick<ManagementApi, 'send'>,
  place: { readonly project: string; readonly environment: string; readonly flag: string },
): Promise<ChangeWriter> {
  const path = `/projects/${place.project}/environments/${place.environment}/flags/${place.flag}`;
  const acknowledged: Acknowledged[] = [];
  let etag = (await insist(() => api.send('GET', path))).headers.get('etag') ?? '';

  async function write(value: number): Promise<Acknowledged> {
    const idempotencyKey = `value-${value}-${randomUUID()}`;
    const options = { ifMatch: etag, idempotencyKey, reason: `value ${value}` };
    const answer = await insist(() => api.send('PATCH', path, { variants: { now: value } }, options));
    if (answer.status !== 200) throw new Error(`value ${value}: ${answer.status} ${JSON.stringify(answer.body)}`);
    etag = answer.headers.get('etag') ?? '';
    const made = {
      value,
      change: answer.headers.get('flaghoist-change') ?? '',
      revision: Number(answer.headers.get('flaghoist-revision')?.split('.')[1]),
      replayed: answer.headers.get('idempotency-replayed') === 'true',
    };
    acknowledged.push(made);
    return made;
  }

  return { write, acknowledged };
}

/** Writes 1, 2, 3 and on until it is stopped, with a pause after each for whatever else the machine has to do. */
export function keepWriting(writer: ChangeWriter, pauseMs: number) {
  const seen = { isOver: false };
  let value = 0;
  const writing = (async () => {
    while (!seen.isOver) {
      await writer.write(++value);
      await sleep(pauseMs);
    }
  })();
  // Told by `stop`.
  writing.catch(() => undefined);
  return {
    /** How many changes were acknowledged. */
    async stop(): Promise<number> {
      seen.isOver = true;
      await writing;
      return value;
    },
  };
}

/** The first answer that says what happened: no connection and 503 do not. */
export async function insist(attempt: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  const deadline = performance.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const answer = await attempt().catch(() => null);
    if (answer !== null && answer.status !== 503) return answer;
    if (performance.now() > deadline) throw new Error(`no answer within ${ANSWERED_WITHIN_MS} ms`);
    await sleep(RETRY_MS);
  }
}
