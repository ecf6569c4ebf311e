import { describe, expect, it } from 'vitest';
import { formatLeft, formatPolicy, retryAfterSeconds } from './rate-limit-headers.ts';
import { type Quota, TokenBuckets } from './token-buckets.ts';

const quota: Quota = { requests: 5_000, windowMs: 1_000 };
const START = 1_764_000_000_000;

function takeAll(buckets: TokenBuckets, name: string, now: number, of: Quota, tries: number): number {
  let taken = 0;
  for (let i = 0; i < tries; i++) if (buckets.take(name, now, of) === 0) taken++;
  return taken;
}

describe('a token bucket', () => {
  it.each([1, 3, 7, 100, 4_999, 5_000, 100_000])('admits %i at once, to the last one, and then none', (requests) => {
    const of = { requests, windowMs: 1_000 };
    const buckets = new TokenBuckets(10);
    expect(takeAll(buckets, 'key', START, of, requests + 10)).toBe(requests);
    expect(buckets.left('key', START, of)).toBe(0);
    // A whole window later it is full again, and however long it then rests, no fuller.
    expect(takeAll(buckets, 'key', START + 1_000, of, requests + 10)).toBe(requests);
    const later = takeAll(buckets, 'key', START + 30 * 86_400_000, of, requests + 10);
    // A month of milliseconds leaves few digits for steps of 10 us.
    expect(Math.abs(later - requests)).toBeLessThanOrEqual(requests > 5_000 ? 10 : 0);
  });

  it('admits over a long time as many as its rate, and the bucket once', () => {
    const of = { requests: 100, windowMs: 1_000 };
    const buckets = new TokenBuckets(10);
    let taken = 0;
    for (let ms = 0; ms < 60_000; ms++) taken += takeAll(buckets, 'key', START + ms, of, 3);
    expect(taken).toBeGreaterThanOrEqual(6_098);
    expect(taken).toBeLessThanOrEqual(6_100);
  });

  it('says how long to wait: a moment earlier there is no token, then there is', () => {
    const of = { requests: 10, windowMs: 2_000 };
    const buckets = new TokenBuckets(10);
    takeAll(buckets, 'key', START, of, 10);
    const wait = buckets.take('key', START, of);
    expect(wait).toBe(200);
    expect(buckets.wait('key', START, of)).toBe(wait);
    expect(buckets.take('key', START + wait - 1, of)).toBeGreaterThan(0);
    expect(buckets.take('key', START + wait, of)).toBe(0);
  });

  it('takes nothing from a request that it refuses', () => {
    const of = { requests: 2, windowMs: 1_000 };
    const buckets = new TokenBuckets(10);
    takeAll(buckets, 'key', START, of, 1_000);
    expect(buckets.take('key', START + 500, of)).toBe(0);
  });

  it('tells what is left', () => {
    const buckets = new TokenBuckets(10);
    expect(buckets.left('key', START, quota)).toBe(5_000);
    buckets.take('key', START, quota);
    expect(buckets.left('key', START, quota)).toBe(4_999);
    takeAll(buckets, 'key', START, quota, 4_000);
    expect(buckets.left('key', START, quota)).toBe(999);
  });

  it('is another one for another name', () => {
    const buckets = new TokenBuckets(10);
    takeAll(buckets, 'flood', START, quota, 100_000);
    expect(takeAll(buckets, 'other', START, quota, 5_000)).toBe(5_000);
  });

  it('fills again at once when the clock is set back by a day', () => {
    const buckets = new TokenBuckets(10);
    takeAll(buckets, 'key', START, quota, 100);
    const yesterday = START - 86_400_000;
    expect(buckets.take('key', yesterday, quota)).toBeGreaterThan(0);
    expect(buckets.take('key', yesterday + 1_000, quota)).toBe(0);
    expect(takeAll(buckets, 'key', yesterday + 2_000, quota, 6_000)).toBe(5_000);
  });

  it('is at worst empty when the clock is set back by an hour, and when its quota shrinks', () => {
    const buckets = new TokenBuckets(10);
    takeAll(buckets, 'key', START, quota, 5_000);
    expect(buckets.take('key', START - 3_600_000, quota)).toBeLessThanOrEqual(1);
    const small = { requests: 1, windowMs: 1_000 };
    expect(buckets.take('key', START, small)).toBeLessThanOrEqual(1_000);
  });
});

describe('many names', () => {
  it('are remembered in bounded space', () => {
    const buckets = new TokenBuckets(1_000);
    for (let i = 0; i < 100_000; i++) buckets.take(`203.0.113.${i}`, START, quota);
    expect(buckets.size).toBe(1_000);
  });

  it('are forgotten only from full buckets, as long as there are any', () => {
    const of = { requests: 2, windowMs: 1_000_000 };
    const buckets = new TokenBuckets(100);
    takeAll(buckets, 'refused', START, of, 10);
    // Each of these is full again when the next hundred come.
    const quick = { requests: 2, windowMs: 1 };
    for (let i = 0; i < 100_000; i++) buckets.take(`n${i}`, START + i, quick);
    expect(buckets.wait('refused', START + 100_000, of)).toBeGreaterThan(0);
  });

  it('do not push out the one that is refused most', () => {
    const of = { requests: 100, windowMs: 100_000 };
    const buckets = new TokenBuckets(100);
    takeAll(buckets, 'refused', START, of, 1_000);
    for (let i = 0; i < 10_000; i++) buckets.take(`n${i}`, START, of);
    expect(buckets.wait('refused', START, of)).toBeGreaterThan(0);
    expect(buckets.size).toBe(100);
  });

  it('can be one', () => {
    const buckets = new TokenBuckets(1);
    for (const name of ['a', 'b', 'c', 'a']) expect(buckets.take(name, START, quota)).toBe(0);
    expect(buckets.size).toBe(1);
  });
});

it('the headers are structured fields of the draft, and nobody is told to come back too early', () => {
  expect(formatPolicy('key', quota)).toBe('"key";q=5000;w=1');
  expect(formatPolicy('address', { requests: 100, windowMs: 10_000 })).toBe('"address";q=100;w=10');
  expect(formatLeft('key', 4_999, 1)).toBe('"key";r=4999;t=1');
  expect([0.2, 999, 1_000, 1_000.1, 30_000].map(retryAfterSeconds)).toEqual([1, 1, 1, 2, 30]);
});
