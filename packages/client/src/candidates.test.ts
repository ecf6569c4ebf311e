import { evaluate } from '@flaghoist/evaluator';
import { type Block, formatHead, parseHead } from '@flaghoist/protocol/ruleset';
import { createFakeClock } from '@flaghoist/testkit';
import { createSha256, flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../test-support/memory-store.ts';
import { LastGood } from './last-good.ts';
import { type Place, placeOf, relate } from './place.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

/** An environment at revision 1, what would be its revision 2, and the same as a candidate. */
function scene() {
  const [base, next] = [new PublishedEnvironment(), new PublishedEnvironment()];
  for (const one of [base, next]) one.publish([flag('f', 'off')]);
  const patch = next.publish([flag('f', 'on')]);
  const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
  expect(copy.applyFull(base.full()).ok).toBe(true);
  const candidate = (number: number): Block => {
    const head = { ...patch.head, revision: 1, candidate: number };
    return { ...patch, head, headText: formatHead(head) };
  };
  return { base, patch, copy, candidate };
}

const variantOf = (copy: VerifiedRuleset) => evaluate(copy.ruleset, 'f', { targetingKey: 'ann' }).variant;

describe('a candidate', () => {
  it('is applied on the revision that it is made on, and nothing is applied on it', () => {
    const { patch, copy, candidate } = scene();
    expect(copy.applyPatch(candidate(1))).toMatchObject({ ok: true, changed: [{ key: 'f' }] });
    expect([variantOf(copy), copy.cursor]).toEqual(['on', { epoch: 1, revision: 1, candidate: 1 }]);
    expect(copy.applyPatch(candidate(2))).toMatchObject({ ok: false, reason: 'gap' });
    expect(copy.applyPatch(patch)).toMatchObject({ ok: false, reason: 'history' });
    expect(variantOf(copy)).toBe('on');
  });

  it('comes with a snapshot and goes with one', () => {
    const { base, copy, candidate } = scene();
    expect(copy.applyBlocks([base.full(), candidate(3)]).ok).toBe(true);
    expect([variantOf(copy), copy.cursor?.candidate]).toEqual(['on', 3]);
    expect(copy.applyFull(base.full()).ok).toBe(true);
    expect([variantOf(copy), copy.cursor?.candidate]).toEqual(['off', undefined]);
  });

  it('that was made on another ruleset is refused', () => {
    const { copy, candidate } = scene();
    const block = candidate(1);
    const head = { ...block.head, previous: sha256('another') };
    expect(copy.applyPatch({ ...block, head, headText: formatHead(head) })).toMatchObject({ reason: 'history' });
  });

  it('has a place beside its revision: both ways are open, and of two candidates the later one counts', () => {
    const at = (hash: string, candidate?: number, revision = 4): Place => ({
      environment: 'e',
      epoch: 1,
      revision,
      hash,
      ...(candidate === undefined ? {} : { candidate }),
    });
    expect(relate(at('c1', 1), at('r'))).toBe('ahead');
    expect(relate(at('r'), at('c1', 1))).toBe('ahead');
    expect(relate(at('c2', 2), at('c1', 1))).toBe('ahead');
    expect(relate(at('c1', 1), at('c2', 2))).toBe('behind');
    expect(relate(at('c1', 1), at('c1', 1))).toBe('same');
    expect(relate(at('other', 1), at('c1', 1))).toBe('split');
    expect(relate(at('next', undefined, 5), at('c9', 9))).toBe('ahead');
    expect(relate(at('c9', 9), at('next', undefined, 5))).toBe('behind');
  });

  it('has a head with one member more, which no revision has', () => {
    const { base, candidate } = scene();
    const { headText, head } = candidate(7);
    expect(headText).toMatch(/,"confirmations":\[\],"candidate":7\}$/);
    expect(parseHead(headText)).toEqual(head);
    expect(base.full().headText).not.toContain('candidate');
    for (const wrong of ['0', '1.5', '"7"', 'null']) expect(parseHead(headText.replace('7}', `${wrong}}`))).toBeNull();
  });

  it('is not kept on disk: a restart begins with what was published', async () => {
    const { copy, candidate } = scene();
    const clock = createFakeClock(1_000_000);
    const store = new MemoryStore();
    const lastGood = new LastGood({
      store,
      sha256,
      createHasher: createSha256,
      timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
      pause: () => Promise.resolve(),
      content: () =>
        copy.head === null ? null : { head: copy.head, headText: copy.headText, entities: [...copy.entities()] },
      onProblem: () => undefined,
    });
    const place = () => placeOf(copy.head ?? candidate(1).head, copy.headHash);
    lastGood.applied(place());
    await clock.advanceAsync(2_000);
    expect(store.saves).toHaveLength(1);
    copy.applyPatch(candidate(1));
    lastGood.trying(place());
    lastGood.applied(place());
    await clock.advanceAsync(2_000);
    expect(store.own).toContain(copy.headHash);
    await lastGood.close();
    expect(store.saves).toHaveLength(1);
  });
});
