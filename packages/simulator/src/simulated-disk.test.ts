import { describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { createSimulatedGenerations } from './simulated-generations.ts';
import { World } from './world.ts';

/** What a disk holds after a power cut at some moment of two saves, over many seeds. */
async function leftovers(syncs: boolean): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let seed = 1; seed <= 150; seed++) {
    const world = new World(seed, (error) => expect.fail(String(error)));
    const machine = new Machine('edge');
    machine.isUp = true;
    const disk = new SimulatedDisk(world, machine, syncs);
    const store = createSimulatedGenerations(disk, 'ruleset', 'one');
    let saved = 0;
    void store
      .save(['first'], false)
      .then(() => (saved = 1))
      .then(() => store.save(['second'], true))
      .then(() => (saved = 2));
    await world.run(world.random.between(0, 25), () => false);
    machine.life += 1;
    disk.cutPower(world.random);
    const copies: (string | null)[] = [];
    const read = async (name: string): Promise<void> => void copies.push(await disk.read(name));
    void read('ruleset').then(() => read('ruleset.1'));
    await world.run(100, () => copies.length === 2);
    found.add(`${saved}: ${copies.join(' ')}`);
  }
  return found;
}

describe('a disk whose power is cut', () => {
  it('holds what was saved, or the generation before, whole and at every moment', async () => {
    const found = [...(await leftovers(true))];
    expect(found.filter((left) => left.startsWith('1') && !/first/.test(left))).toEqual([]);
    expect(found.filter((left) => left.startsWith('2'))).toEqual(['2: second first']);
    expect(found.filter((left) => /: .*\b(?:firs|secon|fir|seco|fi|sec|se|f|s)\b/.test(left))).toEqual([]);
    // Neither is the only thing that ever happens.
    expect(found.length).toBeGreaterThan(4);
  });

  it('loses and tears what nobody synced', async () => {
    const found = [...(await leftovers(false))].join('\n');
    expect(found).toMatch(/^2: (?!second first)/m);
  });
});
