import { describe, expect, it } from 'vitest';
import { type NamedInstance, parseAggregate, type RevisionDelivery, type ServingAggregate } from './aggregate.ts';
import { checkReceipt } from './receipt.ts';

const instance = (more: Partial<NamedInstance> = {}): NamedInstance => ({
  instance: 'instance-of-16-c',
  sdk: 'test/1',
  host: 'here/1',
  place: [1, 7],
  appliedMs: 5,
  heardMs: 0,
  ageMs: 0,
  problem: null,
  ...more,
});
const delivery: RevisionDelivery = { place: [1, 7], appliedMs: 5, histogram: [[3, 2]] };
const serving = (more: Partial<ServingAggregate> = {}): ServingAggregate => ({
  environment: 'e',
  edge: 'edge-of-16-chars',
  sequence: 1,
  state: 'serving',
  version: '1.0.0',
  host: 'here/1',
  place: [1, 7],
  appliedMs: 5,
  ageMs: 0,
  problem: null,
  counts: [[1, 7, 2]],
  older: 0,
  uncounted: 0,
  deliveries: [delivery],
  named: [instance()],
  gone: ['instance-is-gone'],
  laggards: [instance()],
  ...more,
});
const parse = (aggregate: unknown) => parseAggregate(JSON.stringify(aggregate));

describe('an aggregate of receipts', () => {
  it('is read as it was written', () => {
    expect(parse(serving())).toEqual(serving());
  });

  it.each<[string, Partial<ServingAggregate>]>([
    [
      'two counts of one place',
      {
        counts: [
          [1, 7, 2],
          [1, 7, 3],
        ],
      },
    ],
    ['two deliveries of one place', { deliveries: [delivery, { ...delivery, appliedMs: 9 }] }],
    [
      'two sums of one bucket',
      {
        deliveries: [
          {
            ...delivery,
            histogram: [
              [3, 2],
              [3, 1],
            ],
          },
        ],
      },
    ],
    ['two accounts of one instance', { named: [instance(), instance({ host: 'there/2' })] }],
    ['one instance gone twice', { gone: ['instance-is-gone', 'instance-is-gone'] }],
    ['one instance lagging twice', { laggards: [instance(), instance()] }],
  ])('with %s is refused: the server would not know which of them holds', (_, more) => {
    expect(parse(serving(more))).toBeNull();
  });

  it.each(['\0', '\ud800'])('is refused, and so is a receipt, when a problem holds %j anywhere', (text) => {
    const problem = `${'x'.repeat(200)}${text}`;
    expect(parse(serving({ problem }))).toBeNull();
    expect(parse(serving({ named: [instance({ problem })] }))).toBeNull();
    const receipt = { ...instance(), state: 'following', applied: [] };
    expect(checkReceipt(receipt)).toMatchObject({ ok: true });
    expect(checkReceipt({ ...receipt, problem })).toMatchObject({ ok: false, path: '$.problem' });
  });

  it('may hold a problem with a character of two code units anywhere', () => {
    const problem = `${'x'.repeat(127)}😀`;
    expect(parse(serving({ problem }))).toMatchObject({ problem });
  });
});
