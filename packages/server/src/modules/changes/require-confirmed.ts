/** The guard against accidents: what takes a large part of an environment away, or doubles it, has to be confirmed. */
import { checkConfirmed, type Confirmation, isRule } from '@flaghoist/protocol/ruleset';
import { row, sql, type Tx } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { WrittenEntity } from './lines.ts';

/** Less than this is never too much, whatever the environment holds: nothing is read for it. */
const FLAGS_LOST = 3;
const LENGTH_WRITTEN = 512 << 10;

/**
 * Throws a Refusal with the numbers. The publisher's gate measures the same against what is published, so that what did not
 * come this way is not published either. To be called before the write is.
 */
export async function requireConfirmed(
  tx: Tx,
  written: readonly WrittenEntity[],
  confirmations: readonly Confirmation[],
): Promise<void> {
  for (const environmentId of new Set(written.map((one) => one.environmentId))) {
    const here = written.filter((one) => one.environmentId === environmentId && isRule(one.kind));
    const flagsLost = here.filter(({ kind, json }) => kind === 'flag' && json === null).length;
    const added = here.reduce((length, { json }) => length + (json?.length ?? 0), 0);
    if (flagsLost < FLAGS_LOST && added < LENGTH_WRITTEN) continue;
    const { flags, size, replaced } = await extentOf(tx, environmentId, here);
    const unconfirmed = checkConfirmed({ flags, flagsLost, size, sizeAfter: size - replaced + added }, confirmations);
    if (unconfirmed !== null)
      throw new Refusal(
        'confirmation_needed',
        `${unconfirmed.what} If that is meant, send the request again with the header Flaghoist-Confirm: ${[...confirmations, unconfirmed.needs].join(', ')}.`,
        { errors: [{ path: 'header.flaghoist-confirm', code: unconfirmed.needs, message: unconfirmed.what }] },
      );
  }
}

/** What lives before the write. */
async function extentOf(tx: Tx, environmentId: string, written: readonly WrittenEntity[]) {
  const extent = await row(
    tx,
    sql<{ flags: number; size: number; replaced: number }>`
      select count(*) filter (where kind = 'flag')::int as flags, coalesce(sum(length(json)), 0)::int as size,
        coalesce(sum(length(json)) filter (where (kind, key) in (
          select * from unnest(${written.map(({ kind }) => kind)}::text[], ${written.map(({ key }) => key)}::text[]))), 0)::int as replaced
      from (
        select distinct on (kind, key) kind, key, json from entity_versions
        where environment_id = ${environmentId}::uuid and kind <> 'key' order by kind, key, revision desc
      ) as newest where json is not null`,
  );
  return extent ?? { flags: 0, size: 0, replaced: 0 };
}
