import { describe, expect, it } from 'vitest';
import { formatToken, parseToken, readAtLeast } from './at-least.ts';

const HERE = '5c6b8f0e-0000-4000-8000-000000000001';
const header = (text: string) => readAtLeast({ header: text, baggage: undefined }, HERE);
const baggage = (text: string) => readAtLeast({ header: undefined, baggage: text }, HERE);
const AT = { cursor: { epoch: 1, revision: 42 }, waitMs: 500, otherwise: 'refuse' };

describe('a token', () => {
  it('is read as it was written', () => {
    expect(parseToken(formatToken(HERE, { epoch: 2, revision: 7 }))).toEqual({
      environment: HERE,
      cursor: { epoch: 2, revision: 7 },
    });
    expect(parseToken('1.42')).toEqual({ environment: null, cursor: AT.cursor });
  });

  it.each(['', '1', '1.', '.1', '0.1', ':1.2', 'x', 'env:', 'env:1', '1.2.3', '1.-2', '1e1.2', `1.${'9'.repeat(16)}`])(
    'is none: %s',
    (text) => expect(parseToken(text)).toBeNull(),
  );
});

describe('the header', () => {
  it.each([
    ['1.42', AT],
    [`${HERE}:1.42`, AT],
    ['1.42;wait=0', { ...AT, waitMs: 0 }],
    ['1.42 ; wait=250 ; else=stale', { ...AT, waitMs: 250, otherwise: 'stale' }],
    ['1.42;wait=999999999;else=refuse', { ...AT, waitMs: 5_000 }],
  ] as const)('%s', (text, meant) => expect(header(text)).toEqual(meant));

  it.each([
    '',
    '1',
    'elsewhere:1.42',
    '1.42;wait=-1',
    '1.42;wait=1.5',
    '1.42;wait=1e3',
    '1.42;else=never',
    '1.42;',
    '1.42, 1.43',
  ])('is unreadable: %s', (text) => expect(header(text)).toBe('unreadable'));

  it('goes before baggage', () => {
    const asked = { header: '1.42', baggage: `flaghoist-at-least=${HERE}:1.99` };
    expect(readAtLeast(asked, HERE)).toEqual(AT);
  });
});

describe('baggage', () => {
  it.each([
    [`flaghoist-at-least=${HERE}:1.42`, AT],
    [`userId=alice, flaghoist-at-least=${encodeURIComponent(`${HERE}:1.42`)};wait=10 ,k=v`, { ...AT, waitMs: 10 }],
    [`flaghoist-at-least=other:1.7,flaghoist-at-least=${HERE}:1.42;else=stale`, { ...AT, otherwise: 'stale' }],
  ] as const)('%s', (text, meant) => expect(baggage(text)).toEqual(meant));

  it.each(['', 'userId=alice', 'flaghoist-at-least=other:1.7', 'flaghoist-at-least=%', 'flaghoist-at-least=nonsense'])(
    'asks for nothing: %s',
    (text) => expect(baggage(text)).toBeNull(),
  );
});
