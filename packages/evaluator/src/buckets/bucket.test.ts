import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { isInRange, pickIndex } from './bucket.ts';
import { launchDarklyShare, prepareBucketer, type ShareBucketer } from './bucketing.ts';

interface Shared {
  /** The first 60 bits of a digest, as 15 hexadecimal digits. */
  readonly bits: string;
  readonly share: number;
}

interface Edges {
  readonly picks: readonly (Shared & { readonly weights: readonly number[]; readonly picked: number })[];
  readonly ranges: readonly (Shared & { readonly from: number; readonly to: number; readonly inside: boolean })[];
}

const file = new URL('../../../../spec/bucketing/sha1-launchdarkly.json', import.meta.url);
const { picks, ranges } = JSON.parse(readFileSync(file, 'utf8')) as Edges;

// Nobody can name a text whose digest begins with given bits: here the digest is the text itself.
vi.mock(import('./sha1.ts'), () => ({
  sha1: (text) => {
    const bits = text.slice(-15);
    return { high: Number.parseInt(bits.slice(0, 8), 16), low: Number.parseInt(`${bits.slice(8)}0`, 16) };
  },
}));

const bucketer = prepareBucketer({ algorithm: 'sha1-launchdarkly' }, 'checkout', 100_000) as ShareBucketer;

describe('a share at the edge of a part', () => {
  it.each(picks)('picks from $weights at $share the part $picked', ({ bits, share, weights, picked }) => {
    let end = 0;
    const ends = weights.map((weight) => (end += weight));
    expect(launchDarklyShare(bucketer, bits)).toBe(share);
    expect(pickIndex(bucketer, bits, ends)).toBe(picked);
  });

  it.each(ranges)('at $share lies in $from to $to: $inside', ({ bits, share, from, to, inside }) => {
    expect(launchDarklyShare(bucketer, bits)).toBe(share);
    expect(isInRange(bucketer, bits, from, to)).toBe(inside);
  });
});
