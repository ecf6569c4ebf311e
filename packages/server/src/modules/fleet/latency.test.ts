import { LATENCY_BOUNDS_MS } from '@flaghoist/protocol/exposures';
import { describe, expect, it } from 'vitest';
import { instanceSamples, percentile } from './latency.ts';

describe('how long a revision took', () => {
  it('is not known while nobody has said', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile(instanceSamples(10, []), 0.99)).toBeNull();
  });

  it('is the least time within which the share had it, over all edges', () => {
    const near = instanceSamples(2, [
      [3, 90],
      [5, 8],
    ]);
    const far = instanceSamples(80, [[9, 2]]);
    expect([0.5, 0.9, 0.98, 0.99, 1].map((share) => percentile([...far, ...near], share))).toEqual([
      7, 7, 12, 130, 130,
    ]);
  });

  it('never says less than the highest bucket for what is above all', () => {
    const [sample] = instanceSamples(5, [[LATENCY_BOUNDS_MS.length, 1]]);
    expect(sample?.ms).toBe(3_600_005);
  });
});
