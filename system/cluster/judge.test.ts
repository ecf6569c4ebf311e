import { describe, expect, it } from 'vitest';
import { type AcknowledgedOf, type Entry, judge, type Seen } from './judge.ts';
import type { Written } from './written.ts';

/** The flag `a` is made at revision 1, and set to 1 and 2. */
const WRITTEN: Written = {
  revisions: [0, 1, 2].map((value) => ({
    epoch: 1,
    revision: value + 1,
    change: `change-${value}`,
    values: { a: value },
  })),
  heads: new Map([1, 2, 3].map((revision) => [`1.${revision}`, `hash-${revision}`])),
};
const ACKNOWLEDGED: readonly AcknowledgedOf[] = [1, 2].map((value) => ({
  value,
  flag: 'a',
  change: `change-${value}`,
  revision: value + 1,
  replayed: false,
}));

const seen = (who: string, revision: number, over: Partial<Seen> = {}): Seen => ({
  at: revision,
  who,
  epoch: 1,
  revision,
  hash: `hash-${revision}`,
  values: { a: revision - 1 },
  ...over,
});
const began = (who: string): Entry => ({ at: 0, who, what: 'began' });

function broken(timeline: readonly Entry[], written = WRITTEN, acknowledged = ACKNOWLEDGED): readonly string[] {
  return judge(written, timeline, acknowledged).violations.map(({ invariant }) => invariant);
}

describe('what is seen of a cluster', () => {
  it('holds while readers go forward through what was published, and begin anew where they like', () => {
    const timeline = [began('edge'), seen('edge', 1), seen('edge', 3), began('edge'), seen('edge', 2)];
    expect(broken([...timeline, began('application'), seen('application', 2, { hash: null })])).toEqual([]);
    expect(judge(WRITTEN, timeline, ACKNOWLEDGED)).toMatchObject({ committed: 3, acknowledged: 2, seen: 3, text: '' });
  });

  it.each<[string, string, readonly Entry[], Written?]>([
    ['an acknowledged change is gone', 'I1', [], { ...WRITTEN, revisions: WRITTEN.revisions.slice(0, 2) }],
    [
      'an acknowledged change says something else',
      'I1',
      [],
      {
        ...WRITTEN,
        revisions: WRITTEN.revisions.map((one) => (one.revision === 3 ? { ...one, values: { a: 1 } } : one)),
      },
    ],
    [
      'a revision is missing',
      'I1',
      [],
      { ...WRITTEN, revisions: WRITTEN.revisions.filter((one) => one.revision !== 1) },
    ],
    ['a reader goes back', 'I2', [began('edge'), seen('edge', 3), seen('edge', 2)]],
    ['another ruleset is at the same place', 'I4', [began('edge'), seen('edge', 2, { hash: 'hash-of-another' })]],
    ['nobody published that', 'I4', [began('edge'), seen('edge', 4, { hash: null })]],
    ['it says something else than was published', 'I4', [began('edge'), seen('edge', 2, { values: { a: 7 } })]],
  ])('breaks when %s', (_what, invariant, timeline, written = WRITTEN) => {
    expect(broken(timeline, written)).toContain(invariant);
  });

  it('is told with what led to it', () => {
    const timeline: readonly Entry[] = [
      began('edge'),
      { at: 1, who: 'the schedule', what: 'fault', fault: 'edge is killed' },
      seen('edge', 3),
      seen('edge', 1),
    ];
    expect(judge(WRITTEN, timeline, ACKNOWLEDGED).text).toMatch(/^I2: edge went back .*fault=edge is killed.*holds/s);
  });
});
