import { describe, expect, it } from 'vitest';
import { type LoadingDeps, loadPatiently } from './lazy-part.ts';

function scene({ awayFor = 0, failuresWhenBack = 0 }) {
  const seen = { loads: 0, slept: [] as number[] };
  let [away, failures] = [awayFor, failuresWhenBack];
  const deps: LoadingDeps = {
    sleep: async (ms) => {
      seen.slept.push(ms);
      away -= 1;
    },
    random: () => 1,
    isServerThere: async () => away <= 0,
  };
  const load = async (): Promise<string> => {
    seen.loads += 1;
    if (away > 0) throw new Error('no connection');
    failures -= 1;
    if (failures >= 0) throw new Error('not found');
    return 'the part';
  };
  return { seen, deps, load };
}

describe('a part that is loaded later', () => {
  it('is there at once when the server is', async () => {
    const { seen, deps, load } = scene({});
    expect(await loadPatiently(load, deps)).toBe('the part');
    expect(seen).toEqual({ loads: 1, slept: [] });
  });

  it('comes when the server is back, asked for later and later', async () => {
    const { seen, deps, load } = scene({ awayFor: 7 });
    expect(await loadPatiently(load, deps)).toBe('the part');
    expect(seen.slept).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is given up when the server answers and does not have it any more', async () => {
    const { seen, deps, load } = scene({ awayFor: 2, failuresWhenBack: 99 });
    await expect(loadPatiently(load, deps)).rejects.toThrow('not found');
    expect(seen.loads).toBe(3);
  });

  it('is given up after sixty attempts', async () => {
    const { seen, deps, load } = scene({ awayFor: 1_000 });
    await expect(loadPatiently(load, deps)).rejects.toThrow('no connection');
    expect(seen.slept).toHaveLength(60);
  });
});
