import { type Block, type EntityLine, formatBlock, parseBlocks } from '@flaghoist/protocol/ruleset';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edit, flag, gone, PublishedEnvironment, segment, sha256 } from '@flaghoist/testkit/published-environment';
import { VerifiedRuleset } from './verified-ruleset.ts';

const KEY: Edit = { kind: 'key', key: 'k1', json: '{"id":"k1"}' };

function look(copy: VerifiedRuleset) {
  const { head, headText, headHash, ruleset, size } = copy;
  return { head, headText, headHash, ruleset, size, entities: [...copy.entities()] };
}

/** Two revisions: a copy of the first, and the genuine patch to the second. */
function scene(): { readonly copy: VerifiedRuleset; readonly full: Block; readonly patch: Block } {
  const environment = new PublishedEnvironment();
  environment.publish([flag('checkout', 'off', 'beta'), flag('search', 'on'), segment('beta', ['ann']), KEY]);
  const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: null });
  const full = environment.full(true);
  copy.applyFull(full);
  const patch = environment.publish([flag('checkout', 'on'), gone('flag', 'search'), { ...KEY, json: '{"id":"k2"}' }]);
  return { copy, full, patch };
}

/** The block whose text has one bit flipped; null when what comes out is no block any more. */
function flipped(block: Block, bit: number): Block | null {
  const bytes = Buffer.from(formatBlock(block.headText, block.entities));
  const at = Math.floor(bit / 8) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  return parseBlocks(bytes.toString('utf8'))?.at(0) ?? null;
}

/**
 * Members of a head that nothing else in a ruleset repeats: a patch must fit `previous`, a full block need not, and
 * what was confirmed is for the publisher. The next patch names this head's hash, so a flip there is found then.
 */
const UNCHECKED = { patch: ['confirmations'], full: ['environment', 'epoch', 'revision', 'previous', 'confirmations'] };

function differsOnlyIn(block: Block, genuine: Block, members: readonly string[]): boolean {
  const strip = ({ head, entities }: Block) =>
    formatBlock(JSON.stringify(Object.entries(head).filter(([name]) => !members.includes(name))), entities);
  return strip(block) === strip(genuine);
}

describe('a verified ruleset', () => {
  it('refuses a patch with any bit flipped, is untouched, and takes the genuine one afterwards', () => {
    const { copy, patch } = scene();
    const before = look(copy);
    const bits = Buffer.byteLength(formatBlock(patch.headText, patch.entities)) * 8;
    let judged = 0;
    for (let bit = 0; bit < bits; bit++) {
      const block = flipped(patch, bit);
      if (block === null || differsOnlyIn(block, patch, UNCHECKED.patch)) continue;
      judged += 1;
      expect(copy.applyPatch(block).ok, `bit ${bit}`).toBe(false);
      expect(look(copy), `bit ${bit}`).toEqual(before);
    }
    expect(judged).toBeGreaterThan(1_000);
    expect(copy.applyPatch(patch)).toMatchObject({ ok: true });
  });

  it('refuses a full block with any bit flipped that its own hashes and roots cover', () => {
    const { copy, full } = scene();
    const before = look(copy);
    const bits = Buffer.byteLength(formatBlock(full.headText, full.entities)) * 8;
    let judged = 0;
    for (let bit = 0; bit < bits; bit++) {
      const block = flipped(full, bit);
      if (block === null || differsOnlyIn(block, full, UNCHECKED.full)) continue;
      judged += 1;
      expect(copy.applyFull(block).ok, `bit ${bit}`).toBe(false);
      expect(look(copy), `bit ${bit}`).toEqual(before);
    }
    expect(judged).toBeGreaterThan(1_000);
    expect(copy.applyFull(full)).toEqual({ ok: true, changed: [] });
  });

  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc
      .record({ key: fc.constantFrom('a', 'b', 'c', 'd'), variant: fc.constantFrom('on', 'off') })
      .map(({ key, variant }) => flag(key, variant, 's')),
    fc.constantFrom('a', 'b', 'c', 'd').map((key) => gone('flag', key)),
    fc.array(fc.constantFrom('ann', 'bob')).map((included) => segment('s', included)),
  );

  it('reaches by patches exactly what a full block of the same revision holds', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(edit, { selector: (e) => `${e.kind}/${e.key}` })), (revisions) => {
        const environment = new PublishedEnvironment();
        environment.publish([flag('a', 'on')]);
        const patched = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
        patched.applyFull(environment.full());
        for (const edits of revisions)
          expect(patched.applyPatch(environment.publish(edits))).toMatchObject({ ok: true });
        const fresh = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
        expect(fresh.applyFull(environment.full())).toMatchObject({ ok: true });
        const { ruleset: _, ...content } = look(patched);
        expect(look(fresh)).toMatchObject(content);
      }),
    );
  });

  it('names as changed exactly the entities that differ from before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(edit, { selector: (e) => `${e.kind}/${e.key}` }), fc.boolean(), (edits, asPatch) => {
        const environment = new PublishedEnvironment();
        environment.publish([flag('a', 'on', 's'), flag('b', 'off'), segment('s', ['ann'])]);
        const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
        copy.applyFull(environment.full());
        const before = new Map([...copy.entities()].map((line) => [`${line.kind}/${line.key}`, line.sha256]));
        const patch = environment.publish(edits);
        const result = asPatch ? copy.applyPatch(patch) : copy.applyFull(environment.full());
        const named = result.ok ? result.changed.map((line: EntityLine) => `${line.kind}/${line.key}`) : ['refused'];
        const expected = edits
          .filter(
            ({ kind, key, json }) => (before.get(`${kind}/${key}`) ?? null) !== (json === null ? null : sha256(json)),
          )
          .map(({ kind, key }) => `${kind}/${key}`);
        expect(named.sort()).toEqual(expected.sort());
      }),
    );
  });
});
