import { describe, expect, it } from 'vitest';
import { describeFailure } from './failure.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { simulate } from './simulation.ts';

const SEEDS = 1_000;
const AT_ONCE = 100;
/** Of a machine that does much else: on a quiet one a seed takes some 20 ms. */
const PATIENCE_MS = 300_000;
/** A bug that is not found by so many seeds is not found. */
const SEEDS_FOR_A_BUG = 150;

describe('the line in a simulated world', () => {
  it.each(Array.from({ length: SEEDS / AT_ONCE }, (_, i) => 1 + i * AT_ONCE))(
    `keeps its invariants through ${AT_ONCE} seeds from %i on, and comes to the newest after each`,
    async (from) => {
      const faults = new Set<string>();
      for (let seed = from; seed < from + AT_ONCE; seed++) {
        const outcome = await simulate(seed);
        if (outcome.violations.length > 0) expect.fail(describeFailure(outcome));
        for (const fault of outcome.faults) faults.add(fault);
      }
      expect(faults.size, 'faults that were drawn').toBeGreaterThan(30);
    },
    PATIENCE_MS,
  );

  it('plays a seed again exactly, whatever was played between', async () => {
    for (const seed of [3, 50, 376]) {
      const first = await simulate(seed);
      await simulate(seed + 1);
      const again = await simulate(seed);
      expect(again.digest).toBe(first.digest);
      expect(again.recording).toEqual(first.recording);
      expect(again.events).toBe(first.events);
    }
  });

  it('gives the process its timers, its clock and its randomness back', async () => {
    const before = [setTimeout, setInterval, setImmediate, clearTimeout, Date.now, Math.random];
    await simulate(1);
    expect([setTimeout, setInterval, setImmediate, clearTimeout, Date.now, Math.random]).toEqual(before);
  });
});

describe('the checker', () => {
  it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
    'finds a line that %s',
    async (_name, { seams, breaks }) => {
      for (let seed = 1; seed <= SEEDS_FOR_A_BUG; seed++) {
        const { violations } = await simulate(seed, seams);
        const [first] = violations;
        if (first === undefined) continue;
        expect(breaks, first.message).toContain(first.invariant);
        return;
      }
      expect.fail(`not found within ${SEEDS_FOR_A_BUG} seeds`);
    },
    PATIENCE_MS,
  );

  it('says of a broken seed what broke, what led there and how to play it again', async () => {
    const bug = PLANTED_BUGS.find(({ name }) => name.startsWith('asks again at once'));
    const outcome = await simulate(1, bug?.seams);
    const text = describeFailure(outcome);
    expect(text).toMatch(
      /^Seed 1 breaks R: more than one attempt at a time, or asked too often\.\n {2}client-\d asked 41 times/,
    );
    expect(text).toContain('asked request=');
    expect(text).toContain('npm run simulate -- --seeds 1 --from 1 ');
    expect(text.split('\n').length).toBeLessThan(45);
  });
});
