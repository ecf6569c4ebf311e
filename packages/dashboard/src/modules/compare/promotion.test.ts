import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../api/openapi.d.ts';
import {
  type Item,
  missingSegments,
  NOTHING_CHOSEN as NOTHING,
  promotionOf,
  select,
  usualMembers,
} from './promotion.ts';

const rules = [
  { id: 'r', conditions: [{ group: 'any', conditions: [{ segment: 'beta' }] }], serve: { variant: 'on' } },
];

const checkout: Item = {
  kind: 'flag',
  key: 'checkout',
  differs: ['enabled', 'rules'],
  from: { revision: 7, content: { enabled: true, rules, targets: [] } },
  to: { revision: 3, content: { enabled: false, rules: [], targets: [] } },
};
const search: Item = { ...checkout, key: 'search', differs: ['enabled'] };
const beta: Item = {
  kind: 'segment',
  key: 'beta',
  differs: ['included', 'excluded', 'conditions'],
  from: { revision: 2, content: { included: ['ada'], excluded: [], conditions: [] } },
  to: null,
};
const gone: Item = { ...beta, key: 'gone', from: null, to: { revision: 1, content: {} } };
const comparison: Comparison = {
  from: 'staging',
  to: 'production',
  items: [checkout, search, beta, gone],
  same: 4,
  more: 0,
};

describe('a promotion', () => {
  it('takes the targeting of a flag along, and whether it is on only when that is all or was asked for', () => {
    expect([...usualMembers(checkout)]).toEqual(['rules']);
    expect([...usualMembers(search)]).toEqual(['enabled']);
    const chosen = select(NOTHING, { type: 'toggle item', item: checkout });
    expect(promotionOf(comparison, chosen).edits).toEqual([
      { environment: 'production', flag: 'checkout', ifMatch: 3, set: { rules } },
    ]);
    const withState = select(chosen, { type: 'toggle member', item: checkout, member: 'enabled' });
    expect(promotionOf(comparison, withState).edits[0]?.set).toEqual({ enabled: true, rules });
  });

  it('makes a segment that is not there, and edits one that is', () => {
    const chosen = select(NOTHING, { type: 'choose', items: comparison.items });
    const { creations, edits } = promotionOf(comparison, chosen);
    expect(creations).toEqual([{ key: 'beta', content: beta.from?.content }]);
    expect(edits.map(({ flag }) => flag)).toEqual(['checkout', 'search']);
  });

  it('never chooses what is not in the environment that it comes from', () => {
    expect(select(NOTHING, { type: 'toggle item', item: gone })).toEqual(NOTHING);
    expect(select(NOTHING, { type: 'toggle member', item: gone, member: 'included' })).toEqual(NOTHING);
  });

  it('lets go of an item with its last member, and of everything', () => {
    const chosen = select(NOTHING, { type: 'toggle item', item: search });
    expect(select(chosen, { type: 'toggle member', item: search, member: 'enabled' })).toEqual(NOTHING);
    expect(select(chosen, { type: 'toggle item', item: search })).toEqual(NOTHING);
    expect(select(chosen, { type: 'clear' })).toEqual(NOTHING);
  });

  it('names the segments that its rules would refer to in vain', () => {
    const chosen = select(NOTHING, { type: 'toggle item', item: checkout });
    expect(missingSegments(comparison, chosen)).toEqual(['beta']);
    expect(missingSegments(comparison, select(chosen, { type: 'toggle item', item: beta }))).toEqual([]);
    expect(missingSegments(comparison, NOTHING)).toEqual([]);
  });
});
