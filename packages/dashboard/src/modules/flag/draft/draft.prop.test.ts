import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAction, anyConfiguration, anyRollout } from '../../../../test-support/flag-drafts.ts';
import { describeDifferences } from '../words/change-words.ts';
import { isSame } from './same.ts';
import { beginDraft, stepDraft } from './draft.ts';
import { addShare, removeShare, setWeight, splitEqually, totalOf } from './rollout.ts';

describe('a draft', () => {
  it('undone to its beginning is what is saved, and redone to its end what it was', () => {
    fc.assert(
      fc.property(anyConfiguration, fc.array(anyAction, { maxLength: 10 }), (base, actions) => {
        const begun = beginDraft(base, 1);
        const edited = actions.reduce((draft, action) => stepDraft(draft, { event: 'edit', action }), begun);
        const steps = edited.past.length;
        const back = Array.from({ length: steps }).reduce<typeof edited>(
          (draft) => stepDraft(draft, { event: 'undo' }),
          edited,
        );
        expect(back.present).toEqual(base);
        const forth = Array.from({ length: steps }).reduce<typeof edited>(
          (draft) => stepDraft(draft, { event: 'redo' }),
          back,
        );
        expect(forth.present).toEqual(edited.present);
      }),
    );
  });

  it('has words for a change exactly when something changed that an evaluation or a person notices', () => {
    fc.assert(
      fc.property(anyConfiguration, fc.array(anyAction, { maxLength: 4 }), (base, actions) => {
        const { present } = actions.reduce(
          (draft, action) => stepDraft(draft, { event: 'edit', action }),
          beginDraft(base, 1),
        );
        const differences = describeDifferences(base, present);
        if (isSame(base, present)) expect(differences).toEqual([]);
        // Keys that only changed their places, and prerequisites in another order, mean the same.
        const { targets: _targets, prerequisites: _prerequisites, ...rest } = present;
        if (!isSame({ ...base, targets: [], prerequisites: [] }, { ...rest, targets: [], prerequisites: [] }))
          expect(differences.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('weights of a rollout', () => {
  it('keep their sum whatever is set, locked, split, added or removed', () => {
    fc.assert(
      fc.property(
        anyRollout,
        fc.constantFrom('a', 'b', 'c'),
        fc.nat(5_000),
        fc.subarray(['a', 'b', 'c']),
        (rollout, name, weight, locked) => {
          const total = totalOf(rollout);
          const set = setWeight(rollout, name, weight, locked);
          expect(totalOf(set)).toBe(total);
          for (const one of set.variants) expect(one.weight).toBeGreaterThanOrEqual(0);
          for (const one of set.variants)
            if (locked.includes(one.variant) && one.variant !== name) expect(rollout.variants).toContainEqual(one);
          expect(totalOf(splitEqually(rollout))).toBe(total);
          expect(totalOf(addShare(rollout, 'd'))).toBe(total);
          if (rollout.variants.length > 1) expect(totalOf(removeShare(rollout, name, locked))).toBe(total);
        },
      ),
    );
  });
});
