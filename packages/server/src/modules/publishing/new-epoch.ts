/** What a restored database has published, published once more in an epoch of its own. */
import type { OrderedLog } from '@flaghoist/bus';
import { formatBlock, formatHead, parseHead } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { type Db, sql } from '../../platform/database.ts';
import { type Changes, raiseEpoch } from '../changes/index.ts';
import { readHead, readPublications, readWithheld } from './store.ts';
import { sinceOf } from './withheld.ts';

/**
 * Raises the epoch of every environment and puts each one's ruleset on the bus as a checkpoint of the new epoch, so that
 * followers which saw later revisions of the old one take it. `choose` is told the highest epoch so far, 0 without
 * environments, and answers the new one. For a database that no server has open.
 */
export async function publishInNewEpoch(
  deps: { readonly db: Db; readonly changes: Changes; readonly log: OrderedLog; readonly now: () => Date },
  choose: (highest: number) => number,
): Promise<number> {
  const { db, changes, log } = deps;
  const publications = await readPublications(db);
  const lines = await changes.lines();
  const epoch = choose(Math.max(0, ...lines.map((line) => line.epoch)));
  const at = deps.now().toISOString();
  const heads = new Map<string, string>();
  for (const [environmentId, publication] of publications) {
    const head = parseHead((await readHead(db, environmentId, publication)) ?? '');
    if (head === null) throw new Error(`the head of ${environmentId} at ${publication.revision} is missing`);
    heads.set(environmentId, formatHead({ ...head, epoch, previous: publication.hash }));
  }
  await db.transaction().execute(async (tx) => {
    for (const [environmentId, head] of heads) {
      const hash = sha256(head);
      await sql`insert into heads (environment_id, epoch, revision, head, hash, published_at)
        select environment_id, ${epoch}, revision, ${head}, ${hash}, ${at} from publications where environment_id = ${environmentId}::uuid`.execute(
        tx,
      );
      await sql`update publications set epoch = ${epoch}, hash = ${hash} where environment_id = ${environmentId}::uuid`.execute(
        tx,
      );
    }
    await raiseEpoch(tx, epoch, new Map([...publications].map(([id, { revision }]) => [id, revision])));
  });
  const before = await log.heads();
  for (const [environmentId, head] of heads) {
    const revision = publications.get(environmentId)?.revision ?? 0;
    const withheld = sinceOf(await readWithheld(db, changes, environmentId, revision));
    const body = Buffer.from(formatBlock(head, await changes.entitiesAt(environmentId, revision, withheld)));
    const id = `${environmentId}.${epoch}.${revision}.checkpoint`;
    const after = before.get(environmentId)?.id ?? null;
    const { outcome } = await log.append({ stream: environmentId, id, after, checkpoint: true, body });
    if (outcome !== 'appended') throw new Error(`the checkpoint of ${environmentId} was not appended: ${outcome}`);
  }
  return epoch;
}
