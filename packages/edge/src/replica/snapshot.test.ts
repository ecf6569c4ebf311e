import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { EntityLine } from '@flaghoist/protocol/ruleset';
import { describe, expect, it } from 'vitest';
import { until } from '../../test-support/edge-server.ts';
import { entity } from '../../test-support/history.ts';
import { pause } from '../node-timers.ts';
import { type Content, MAX_PATCHES, Part, SnapshotKeeper } from './snapshot.ts';

const unpack = promisify(gunzip);

/** A keeper over content that the test changes, and how often it was read. */
function keeper(entities: readonly EntityLine[]) {
  let revision = 1;
  let reads = 0;
  const content = (): Content => {
    reads++;
    return { mark: mark(), headLines: `{"at":${revision}}`, entities };
  };
  const mark = () => ({ headHash: `h${revision}`, token: `1.${revision}` });
  const snapshots = new SnapshotKeeper(content, pause);
  return {
    snapshots,
    reads: () => reads,
    change: (text: string) => {
      revision++;
      snapshots.append(mark(), () => Buffer.from(text));
    },
  };
}

const many = Array.from({ length: 2_000 }, (_, i) => entity('flag', `f${i}`, { key: `f${i}`, text: 'x'.repeat(50) }));
const text = async (snapshots: SnapshotKeeper) =>
  (await snapshots.read()).parts.map(({ plain }) => plain.toString()).join('');

describe('the snapshot keeper', () => {
  it('formats nothing before somebody asks', async () => {
    const { snapshots, reads, change } = keeper(many);
    change('patch\n');
    expect(reads()).toBe(0);
    expect((await snapshots.read()).mark).toEqual({ headHash: 'h2', token: '1.2' });
    expect(reads()).toBe(1);
  });

  it('appends a patch without formatting or compressing the rest again', async () => {
    const { snapshots, reads, change } = keeper(many);
    const before = await snapshots.read();
    const packed = await before.parts[0]?.gzip();
    change('patch\n');
    const after = await snapshots.read();
    expect(reads()).toBe(1);
    expect(after.parts).toHaveLength(2);
    expect(after.parts[0]).toBe(before.parts[0]);
    expect(await after.parts[0]?.gzip()).toBe(packed);
    expect(after.mark.headHash).toBe('h2');
  });

  it('gives whole members of gzip', async () => {
    const { snapshots, change } = keeper(many);
    await snapshots.read();
    change('patch\n');
    const { parts } = await snapshots.read();
    const packed = Buffer.concat(await Promise.all(parts.map(async (part) => part.gzip())));
    expect((await unpack(packed)).toString()).toBe(await text(snapshots));
  });

  it('answers at once with what is made', async () => {
    const { snapshots, change } = keeper(many);
    const [first] = (await snapshots.read()).parts;
    const packed = await first?.gzip();
    change('patch\n');
    const read = snapshots.read();
    if (read instanceof Promise) throw new Error('There was nothing to wait for.');
    expect(read.mark.headHash).toBe('h2');
    expect(read.parts.map(({ plain }) => plain.toString()).join('')).toBe(await text(snapshots));
    expect(read.parts[0]?.gzip()).toBe(packed);
  });

  it('is compressed again for whoever asks next when that failed', async () => {
    let failures = 1;
    const part = new Part(Buffer.from('plain'), (plain) =>
      failures-- > 0 ? Promise.reject(new Error('No memory.')) : Promise.resolve(plain),
    );
    const twice = [part.gzip(), part.gzip()];
    for (const failed of twice) await expect(failed).rejects.toThrow('No memory.');
    expect(String(await part.gzip())).toBe('plain');
  });

  it('holds the moment of the question, whatever changes while it is answered', async () => {
    const { snapshots, change } = keeper(many);
    const reading = snapshots.read();
    change('patch\n');
    const read = await reading;
    expect([read.mark.headHash, read.parts.length]).toEqual(['h1', 1]);
    expect((await snapshots.read()).parts).toHaveLength(2);
  });

  it('is made anew in the background once 64 patches follow it, and answers meanwhile', async () => {
    const { snapshots, reads, change } = keeper(many);
    await snapshots.read();
    for (let i = 1; i < MAX_PATCHES; i++) change('p\n');
    expect(reads()).toBe(1);
    change('p\n');
    expect(reads()).toBe(2);
    expect((await snapshots.read()).parts).toHaveLength(1 + MAX_PATCHES);
    change('late\n');
    await until(async () => (await snapshots.read()).parts.length === 2);
    expect(await text(snapshots)).toMatch(new RegExp(`^\\{"at":${MAX_PATCHES + 1}\\}\n[^]*late\n$`));
    expect((await snapshots.read()).mark.headHash).toBe(`h${MAX_PATCHES + 2}`);
    expect(reads()).toBe(2);
  });

  it('is made anew once the patches weigh more than a quarter of it', async () => {
    const { snapshots, reads, change } = keeper(many);
    const { length } = await text(snapshots);
    change('x'.repeat(Math.floor(length / 4)));
    expect(reads()).toBe(1);
    change('x'.repeat(10));
    expect(reads()).toBe(2);
    await until(async () => (await snapshots.read()).parts.length === 1);
  });

  it('is given up instead when nobody asked since it was made', async () => {
    const { snapshots, reads, change } = keeper(many);
    await snapshots.read();
    for (let i = 0; i < MAX_PATCHES; i++) change('p\n');
    await until(async () => (await snapshots.read()).parts.length === 1);
    await new Promise(setImmediate);
    const built = reads();
    // Asked just now, so one more is made; after that nobody asks.
    for (let i = 0; i < 10 * MAX_PATCHES; i++) {
      change('p\n');
      if (i % MAX_PATCHES === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(reads() - built).toBeLessThanOrEqual(1);
    expect((await snapshots.read()).parts).toHaveLength(1);
  });

  it('is begun anew after it was discarded', async () => {
    const { snapshots, reads } = keeper(many);
    await snapshots.read();
    snapshots.discard();
    await snapshots.read();
    expect(reads()).toBe(2);
  });

  it('lets others have a turn after every 500 entities', async () => {
    const { snapshots } = keeper(Array.from({ length: 10_000 }, (_, i) => entity('flag', `flag-${i}`, { i })));
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await snapshots.read();
    running = false;
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
