/** Row 25 of the failure matrix: the clock of the control plane jumps; nothing is ordered by it. */
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, makePlace, openModules } from '../../../test-support/database-place.ts';
import { blockOf, startMember } from '../../../test-support/publishing-member.ts';
import { until } from '../../../test-support/until.ts';

const HOUR = 3_600_000;
const JUMPS = {
  'an hour back': -HOUR,
  'a day back': -24 * HOUR,
  'an hour ahead': HOUR,
  'a day ahead': 24 * HOUR,
  'past the end of 32 bits, in 2038': Date.parse('2038-01-19T03:14:08Z') - Date.parse('2030-06-01T00:00:00Z'),
  'a leap second': 1_000,
};

describe.each(DATABASE_KINDS)('a clock that jumps, over the %s', (kind) => {
  it('row 25: reorders nothing, loses nothing, and leaves the history whole', async () => {
    const captured = captureLog();
    let clock = Date.parse('2030-06-01T00:00:00Z');
    const now = (): Date => new Date(clock);
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const { database, modules } = await openModules(place, captured.logger, now);
    const author = createAuthor(modules);
    const [production] = await author.project('shop', ['production']);
    if (production === undefined) throw new Error('the project has no environment');
    const { id } = production.environment;
    await author.flag(production, { key: 'checkout', type: 'boolean' });
    const member = await startMember(database, modules.changes, captured);

    const order: number[] = [];
    for (const by of Object.values(JUMPS)) {
      for (const jump of [by, -by]) {
        clock += jump;
        const rules = [{ id: 'r', conditions: [{ segment: `after-${order.length}` }], serve: { variant: 'on' } }];
        await author.configure(production, 'checkout', { rules });
        order.push((await modules.changes.line(id))?.revision ?? 0);
      }
    }
    const newest = order.at(-1) ?? 0;
    expect(order).toEqual(order.map((_, i) => (order[0] ?? 0) + i));
    await until('all of it is published', () => member.publisher.status(id).revision === newest);
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: createRegexEngine() });
    for (const { body, checkpoint } of await member.log.readAfter(id, 0, 1_000)) {
      const block = blockOf(body);
      expect(checkpoint ? copy.applyFull(block) : copy.applyPatch(block)).toMatchObject({ ok: true });
    }
    expect(copy.cursor).toEqual({ epoch: 1, revision: newest });
    expect(captured.errors()).toEqual([]);
    await member.stop();
    await database.close();
    await place.remove();
  });
});
