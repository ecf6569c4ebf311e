/** What the publisher reads of the bus it writes to. */
import type { OrderedLog } from '@flaghoist/bus';
import type { Publication } from './line.ts';
import { type BusHead, headIn, placeIn } from './message-ids.ts';

/** The heads of what is on the bus and not remembered as published, by message: among its last `kept` messages. */
export async function readHeadsAhead(
  log: OrderedLog,
  environmentId: string,
  at: Publication,
  last: BusHead,
  kept: number,
): Promise<ReadonlyMap<string, string>> {
  // A checkpoint may stand between any two of them.
  const most = Math.min(kept, 2 * (placeIn(last.id).revision - at.revision) + 2);
  const messages = await log.readAfter(environmentId, Math.max(0, last.position - most), most);
  return new Map(messages.map(({ id, body }) => [id, headIn(body)]));
}

/** Another publisher was faster, and may have let pass what this one withheld, or the other way round: then this throws. */
export async function requireSame(
  log: OrderedLog,
  environmentId: string,
  position: number,
  head: string,
): Promise<void> {
  const [there] = await log.readAfter(environmentId, position - 1, 1);
  if (there !== undefined && headIn(there.body) !== head)
    throw new Error(`another publisher made another revision of ${environmentId}`);
}

/** The revision on the bus of each environment that has one. */
export async function publishedRevisions(log: OrderedLog): Promise<ReadonlyMap<string, number>> {
  const heads = await log.heads();
  return new Map([...heads].map(([environmentId, { id }]) => [environmentId, placeIn(id).revision]));
}
