import type { Rule } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../draft/configuration.ts';
import { textOf } from '../words/span.ts';
import { conflictWords } from './conflict-words.ts';
import { mergeConfigurations } from './merge.ts';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  conditions: [{ segment: id }],
  serve: { variant: 'on' },
  ...more,
});
const base: Configuration = {
  enabled: true,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [],
  targets: [{ variant: 'on', keys: ['ada', 'bob'] }],
  rules: [rule('one'), rule('two'), rule('three')],
  default: { variant: 'off' },
};
const merge = (
  mine: Partial<Configuration>,
  theirs: Partial<Configuration>,
  choices?: ReadonlyMap<string, 'mine' | 'theirs'>,
) => mergeConfigurations(base, { ...base, ...mine }, { ...base, ...theirs }, choices);
const ids = ({ rules }: Configuration) => rules.map(({ id }) => id);

describe('a merge', () => {
  it('takes different rules from both sides, and the order of the side that moved some', () => {
    const { merged, conflicts } = merge(
      { rules: [rule('three'), rule('one'), rule('two')] },
      { rules: [rule('one'), rule('two', { serve: { variant: 'off' } }), rule('three'), rule('four')] },
    );
    expect(conflicts).toEqual([]);
    expect(ids(merged)).toEqual(['three', 'four', 'one', 'two']);
    expect(merged.rules.at(-1)?.serve).toEqual({ variant: 'off' });
  });

  it('asks when one side changed what a rule is for and the other whom it is for, but not about its description', () => {
    const serves = { rules: [rule('one', { serve: { variant: 'off' } }), rule('two'), rule('three')] };
    const asks = { rules: [rule('one', { conditions: [{ segment: 'x' }] }), rule('two'), rule('three')] };
    const says = { rules: [rule('one', { description: 'staff' }), rule('two'), rule('three')] };
    expect(merge(serves, asks).conflicts.map(({ place }) => place)).toEqual(['$.rules.one']);
    expect(merge(serves, says)).toMatchObject({
      conflicts: [],
      merged: { rules: [{ serve: { variant: 'off' }, description: 'staff' }, {}, {}] },
    });
  });

  it('asks when one side removed what the other changed, and does as it is told', () => {
    const gone = { rules: [rule('two'), rule('three')] };
    const changed = { rules: [rule('one', { serve: { variant: 'off' } }), rule('two'), rule('three')] };
    expect(ids(merge(gone, changed).merged)).toEqual(['one', 'two', 'three']);
    expect(ids(merge(gone, changed, new Map([['$.rules.one', 'mine']])).merged)).toEqual(['two', 'three']);
    const [conflict] = merge(gone, changed).conflicts;
    const words = conflict === undefined ? null : conflictWords(conflict);
    expect([textOf(words?.title ?? []), textOf(words?.mine ?? []), textOf(words?.theirs ?? [])]).toEqual([
      'Rule one',
      'not there',
      'Serves off where the context is in segment one',
    ]);
  });

  it('puts targeting keys together key by key', () => {
    const { merged, conflicts } = merge(
      { targets: [{ variant: 'on', keys: ['ada', 'bob', 'eve'] }] },
      {
        targets: [
          { variant: 'on', keys: ['bob'] },
          { variant: 'off', keys: ['kim'] },
        ],
      },
    );
    expect(conflicts).toEqual([]);
    expect(merged.targets).toEqual([
      { variant: 'on', keys: ['bob', 'eve'] },
      { variant: 'off', keys: ['kim'] },
    ]);
  });

  it('asks when both ordered the rules anew', () => {
    const { conflicts } = merge(
      { rules: [rule('two'), rule('one'), rule('three')] },
      { rules: [rule('one'), rule('three'), rule('two')] },
    );
    expect(conflicts.map(({ about }) => about)).toEqual(['order']);
  });
});
