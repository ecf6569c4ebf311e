import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { parseBlocks } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { healthy, mutantRun, mutants } from '@flaghoist/testkit/poison';
import { describe, expect, it } from 'vitest';
import { Line } from './line.ts';

const { seed, count, timeoutMs } = mutantRun();
const clock = { now: () => performance.now(), onStep: () => undefined };

describe(`the gate before mutants (SEED=${seed})`, () => {
  it(
    'lets pass only what followers read and apply as it was written',
    () => {
      const regex = createRegexEngine();
      const full = healthy().full(true);
      const held = full.entities.map((line) => ({ ...line, revision: 1 }));
      const begin = () =>
        new Line('env_1', { epoch: 1, revision: 1, hash: healthy().headHash }, held, {
          createRegex: () => regex,
          clock,
        });
      let line = begin();
      let passed = 0;
      for (const { name, edit } of mutants(seed, count)) {
        const entities = [{ ...edit, revision: 2, sha256: edit.json === null ? null : sha256(edit.json) }];
        const judged = line.next({ epoch: 1, revision: 2, confirmations: [], entities, expected: null });
        if (!judged.ok) {
          expect(line.at.revision, name).toBe(1);
          continue;
        }
        passed += 1;
        line = begin();
        const copy = new VerifiedRuleset({ sha256, access: 'verified', regex });
        copy.applyFull(full);
        const [block] = parseBlocks(Buffer.from(judged.block.text).toString()) ?? [];
        if (block === undefined) throw new Error(`${name} cannot be read: ${edit.json}`);
        expect(copy.applyPatch(block), `${name}: ${edit.json}`).toMatchObject({ ok: true });
        expect(copy.entity(edit.kind, edit.key)?.json, name).toBe(edit.json);
      }
      expect(passed).toBeGreaterThan(0);
      expect(passed).toBeLessThan(count / 2);
    },
    timeoutMs,
  );
});
