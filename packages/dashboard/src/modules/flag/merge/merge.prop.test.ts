import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../draft/actions.ts';
import { applyAction } from '../draft/apply-action.ts';
import { isSame } from '../draft/same.ts';
import { anyAction, anyConfiguration } from '../../../../test-support/flag-drafts.ts';
import type { Configuration } from '../draft/configuration.ts';
import { mergeConfigurations } from './merge.ts';

const anyEdits = fc.array(anyAction, { maxLength: 6 });

function after(base: Configuration, actions: readonly Action[]): Configuration {
  return actions.reduce(applyAction, base);
}

/** What an action works on, coarsely: two edits are disjoint when they share none of these. */
function touched(action: Action): readonly string[] {
  switch (action.do) {
    case 'set value':
      return [`value ${action.variant}`];
    case 'add keys':
    case 'remove keys':
      return action.keys.map((key) => `key ${key}`);
    case 'add rule':
    case 'duplicate rule':
    case 'move rule':
    case 'rename rule':
      // Where a rule stands depends on its neighbours.
      return [
        'order',
        `rule ${'id' in action ? action.id : typeof action.rule === 'string' ? action.rule : action.rule.id}`,
        `rule ${typeof action.rule === 'string' ? action.rule : action.rule.id}`,
      ];
    case 'remove rule':
    case 'describe rule':
    case 'add condition':
      return [`rule ${action.rule}`];
    case 'set condition':
    case 'remove condition':
      return [`rule ${action.place.rule}`];
    case 'serve':
      return [action.serving.in === 'rule' ? `rule ${action.serving.rule}` : 'default'];
    case 'add prerequisite':
    case 'set prerequisite':
    case 'remove prerequisite':
      return [`prerequisite ${action.flag}`];
    default:
      return [action.do];
  }
}

/** Lists of keys and of prerequisites mean sets. */
function asSets(configuration: Configuration): unknown {
  const { targets, prerequisites } = configuration;
  return {
    ...configuration,
    targets: targets.flatMap(({ variant, keys }) => keys.map((key) => `${key} ${variant}`)).sort(),
    prerequisites: [...prerequisites].sort((a, b) => (a.flag < b.flag ? -1 : 1)),
  };
}

function unordered(configuration: Configuration): unknown {
  const rules = [...configuration.rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return asSets({ ...configuration, rules });
}

describe('merging', () => {
  it('with a side that changed nothing is the other side', () => {
    fc.assert(
      fc.property(anyConfiguration, anyEdits, (base, edits) => {
        const changed = after(base, edits);
        expect(mergeConfigurations(base, changed, base)).toEqual({ merged: changed, conflicts: [] });
        expect(mergeConfigurations(base, base, changed)).toEqual({ merged: changed, conflicts: [] });
        expect(mergeConfigurations(base, changed, changed)).toEqual({ merged: changed, conflicts: [] });
      }),
    );
  });

  it('of disjoint edits finds no conflict, and comes to the same whoever saved first', () => {
    fc.assert(
      fc.property(anyConfiguration, anyEdits, anyEdits, (base, edits, others) => {
        const taken = new Set(edits.flatMap(touched));
        const disjoint = others.filter((action) => touched(action).every((name) => !taken.has(name)));
        const [one, other] = [after(base, edits), after(base, disjoint)];
        const [first, second] = [mergeConfigurations(base, one, other), mergeConfigurations(base, other, one)];
        expect(first.conflicts).toEqual([]);
        expect(asSets(first.merged)).toEqual(asSets(second.merged));
        // And to what either of them would have come to by hand, but for places that were counted in another list.
        expect(unordered(first.merged)).toEqual(unordered(after(one, disjoint)));
      }),
    );
  });

  it('takes the chosen side of every conflict, and theirs until one is chosen', () => {
    fc.assert(
      fc.property(anyConfiguration, anyEdits, anyEdits, (base, edits, others) => {
        const [mine, theirs] = [after(base, edits), after(base, others)];
        const { conflicts } = mergeConfigurations(base, mine, theirs);
        for (const side of ['mine', 'theirs'] as const) {
          const choices = new Map(conflicts.map(({ place }) => [place, side]));
          const { merged } = mergeConfigurations(base, mine, theirs, choices);
          for (const conflict of conflicts) {
            if (conflict.about === 'enabled') expect(merged.enabled).toBe(conflict[side]);
            if (conflict.about === 'default') expect(isSame(merged.default, conflict[side])).toBe(true);
            if (conflict.about === 'rule') {
              const found = merged.rules.find(({ id }) => id === conflict.rule);
              expect(isSame(found?.serve ?? null, conflict[side]?.serve ?? null)).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('never loses or doubles a rule', () => {
    fc.assert(
      fc.property(anyConfiguration, anyEdits, anyEdits, (base, edits, others) => {
        const [mine, theirs] = [after(base, edits), after(base, others)];
        const ids = mergeConfigurations(base, mine, theirs).merged.rules.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const inBase = new Set(base.rules.map(({ id }) => id));
        for (const side of [mine, theirs])
          for (const { id } of side.rules) if (!inBase.has(id)) expect(ids).toContain(id);
      }),
    );
  });
});
