import { createRegexEngine } from '@flaghoist/client/regex';
import type { EntityLine } from '@flaghoist/protocol/ruleset';
import { healthy, mutants, POISON } from '@flaghoist/testkit/poison';
import { type Edit, sha256 } from '@flaghoist/testkit/published-environment';
import { afterAll, describe, expect, it } from 'vitest';
import type { EntityVersion } from '../changes/index.ts';
import { Gate } from './gate.ts';
import { Line } from './line.ts';

const AT = { epoch: 1, revision: 1, hash: healthy().headHash };
const clock = { now: () => performance.now(), onStep: () => undefined };

const versionOf = (revision: number, { kind, key, json }: Edit | EntityLine): EntityVersion => {
  return { kind, key, revision, json, sha256: json === null ? null : sha256(json) };
};
const held = (): readonly EntityVersion[] =>
  healthy()
    .full(true)
    .entities.map((line) => versionOf(1, line));
const holding = () => new Line('env_1', AT, held(), { createRegex: createRegexEngine, clock });
const proposing = (edits: readonly Edit[]) => {
  const entities = edits.map((edit) => versionOf(2, edit));
  return { epoch: 1, revision: 2, confirmations: [], entities, expected: null };
};
const SOUND = proposing([{ kind: 'flag', key: 'flag-8', json: null }]);
const WRITTEN = POISON.filter(({ spoil }) => spoil === undefined);

describe('the gate before poison', () => {
  it.each(WRITTEN)('does not let "$name" pass, says where it is, and goes on', ({ edits }) => {
    const line = holding();
    const refused = line.next(proposing(edits));
    expect(refused).toMatchObject({ ok: false, problem: expect.stringMatching(/^[^:]+: |^It removes /) });
    const next = line.next(SOUND);
    expect(next).toEqual(holding().next(SOUND));
    expect(next.ok).toBe(true);
  });

  it('does not let a flag pass that holds up whoever prepares it', () => {
    const wide = ['[\\x{100}-\\x{10ffff}]', '[Ā-￿]', '\\p{L}', '[一-鿿]', '\\p{N}', '[Ѐ-ӿ]', '[Ͱ-Ͽ]'].join('');
    const values = Array.from({ length: 32 }, (_, i) => `a${i}${wide}`);
    const conditions = [{ attribute: 'a', operator: 'matches', values, ignoreCase: true }];
    const rules = [{ id: 'r', conditions, serve: { variant: 'on' } }];
    const sound = JSON.parse(held()[0]?.json ?? '{}') as object;
    const json = JSON.stringify({ ...sound, rules });
    expect(holding().next(proposing([{ kind: 'flag', key: 'checkout', json }]))).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^flag\/checkout: .*(?:preparing|evaluation).* ms/),
    });
  });

  it('does not let a text pass that is not its hash’s', () => {
    const [entity] = proposing([{ kind: 'flag', key: 'checkout', json: held()[0]?.json ?? null }]).entities;
    if (entity === undefined) throw new Error('there is nothing to spoil');
    const spoiled = { ...SOUND, entities: [{ ...entity, sha256: sha256('other') }] };
    expect(holding().next(spoiled)).toMatchObject({ ok: false, problem: expect.stringContaining('hash') });
  });
});

describe('the worker of the gate', () => {
  const gate = new Gate();
  afterAll(() => gate.stop());

  it('judges poison and mutants as this thread does, and is never lost to them', async () => {
    await gate.load('env_1', AT, held());
    const mutated = [...mutants(1, 100)].map(({ name, edit }) => ({ name, edits: [edit] }));
    for (const { name, edits } of [...WRITTEN, ...mutated]) {
      const here = holding().next(proposing(edits));
      const there = await gate.next('env_1', proposing(edits));
      if (here.ok) {
        expect(there, name).toMatchObject({ outcome: 'passed', block: { publication: here.block.publication } });
        await gate.load('env_1', AT, held());
      } else expect(there, name).toEqual({ outcome: 'refused', problem: here.problem });
    }
    expect(gate.holds('env_1')).toBe(true);
  });
});
