import { describe, expect, it } from 'vitest';
import { ageText, durationText, reachedShare, shareText, speedText } from './delivery-words.ts';

const share = (applied: number, live: number) => ({ applied, live, p50Ms: null, p99Ms: null });

describe('how far a change has come', () => {
  it('is said of one and of many', () => {
    expect(shareText(share(1, 1), 'edge')).toBe('1 of 1 edge');
    expect(shareText(share(0, 0), 'edge')).toBe('0 of 0 edges');
    expect(shareText(share(9_998, 10_000), 'instance')).toBe('9,998 of 10,000 instances');
  });

  it('is a share of all live followers, and none where nobody follows', () => {
    expect(reachedShare(share(1, 1), share(1, 3))).toBe(0.5);
    expect(reachedShare(share(0, 0), share(0, 0))).toBeNull();
  });

  it.each([
    [0.4, '0 ms'],
    [12.4, '12 ms'],
    [1_250, '1.3 s'],
    [42_000, '42 s'],
    [300_000, '5 min'],
    [7_200_000, '2 h'],
  ])('takes %d ms: %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [null, 'not known'],
    [571, 'up to date'],
    [16_000, '16 s'],
  ])('was confirmed %s ms ago: %s', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });

  it('has no speed while nobody has said', () => {
    expect(speedText({ p50Ms: null, p99Ms: null })).toBeNull();
    expect(speedText({ p50Ms: 12, p99Ms: 40 })).toBe('p50 12 ms, p99 40 ms');
  });
});
