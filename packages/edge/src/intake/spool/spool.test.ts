import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spool } from './spool.ts';

let base: string;
let open: Spool[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'flaghoist-spool-'));
  open = [];
});

afterEach(async () => {
  for (const spool of open) await spool.close();
  await rm(base, { recursive: true, force: true });
});

function create(name: string, more: { maxBytes?: number; segmentBytes?: number } = {}): Spool {
  const logger = createLogger({ level: 'silent', name: 'spool' });
  let clock = 0;
  // Every look at the clock is two seconds later, so that nothing waits for its quiet time.
  const now = () => (clock += 2_000);
  const spool = new Spool({ folder: join(base, name), maxBytes: 1 << 20, segmentBytes: 1 << 20, logger, now, ...more });
  open.push(spool);
  return spool;
}

const segments = async (name: string) =>
  (await readdir(join(base, name))).filter((file) => file.startsWith('segment-')).sort();

/** What a machine that lost power finds at its next start. */
async function afterCrash(name: string, copy: string): Promise<string> {
  await cp(join(base, name), join(base, copy), { recursive: true, filter: (path) => !/lock[^/]*$/.test(path) });
  return join(base, copy);
}

/** Takes everything out, group by group. */
async function takeAll(spool: Spool): Promise<string[]> {
  const lines: string[] = [];
  for (let group = await spool.read(); group !== null; group = await spool.read()) {
    lines.push(...group.lines);
    await spool.advance(group);
  }
  return lines;
}

describe('the spool', () => {
  it('gives back in order what it stored', async () => {
    const spool = create('a');
    await spool.open();
    const lines = Array.from({ length: 500 }, (_, i) => JSON.stringify({ i, text: 'é' }));
    expect(new Set(await Promise.all(lines.map((line) => spool.append(line))))).toEqual(new Set(['stored']));
    expect(await takeAll(spool)).toEqual(lines);
    expect(spool.status()).toMatchObject({ state: 'open', waitingBytes: 0, stored: 500, forwarded: 500 });
  });

  it('is on disk when append says stored', async () => {
    const spool = create('a');
    expect(await spool.append('one')).toBe('stored');
    const [segment = ''] = await segments('a');
    expect(await readFile(join(base, 'a', segment), 'utf8')).toBe('one\n');
  });

  it('syncs once for all that wait', async () => {
    const spool = create('a');
    await spool.open();
    let groups = 0;
    spool.onStored(() => groups++);
    await Promise.all(Array.from({ length: 200 }, (_, i) => spool.append(`${i}`)));
    expect(groups).toBe(2);
  });

  it('begins a new segment when one is full, and deletes what was forwarded', async () => {
    const spool = create('a', { segmentBytes: 100 });
    for (let i = 0; i < 10; i++) await spool.append('x'.repeat(39));
    expect(await segments('a')).toHaveLength(5);
    const first = await spool.read();
    expect(first?.lines).toHaveLength(2);
    await spool.advance(first!);
    expect(await segments('a')).toHaveLength(4);
    expect(await takeAll(spool)).toHaveLength(8);
    expect(await segments('a')).toHaveLength(1);
    await spool.append('more');
    await spool.append('x'.repeat(99));
    await takeAll(spool);
    expect(await segments('a')).toHaveLength(1);
  });

  it('refuses what would exceed its bound, counts it, and takes more once something has left', async () => {
    const spool = create('a', { maxBytes: 100 });
    expect(await spool.append('x'.repeat(59))).toBe('stored');
    expect(await spool.append('x'.repeat(40))).toBe('full');
    expect(await spool.append('x'.repeat(39))).toBe('stored');
    expect(await spool.append('')).toBe('full');
    expect(spool.status()).toMatchObject({ waitingBytes: 100, full: 2 });
    await takeAll(spool);
    expect(await spool.append('x'.repeat(99))).toBe('stored');
  });

  it('reads lines that are longer than what it reads at once', async () => {
    const spool = create('a', { maxBytes: 8 << 20, segmentBytes: 8 << 20 });
    const long = 'y'.repeat(3 << 20);
    for (const line of ['a', long, 'b']) await spool.append(line);
    expect((await takeAll(spool)).map((line) => line.length)).toEqual([1, 3 << 20, 1]);
  });

  it('belongs to one process', async () => {
    const first = create('a');
    expect(await first.append('one')).toBe('stored');
    const second = create('a');
    expect(await second.append('two')).toBe('failed');
    expect(second.status().lastError).toContain('locked');
    await first.close();
    expect(await second.append('three')).toBe('stored');
    expect(await takeAll(second)).toEqual(['one', 'three']);
  });
});

describe('after a crash', () => {
  it('offers everything that was not forwarded, and not what was', async () => {
    const spool = create('a', { segmentBytes: 20 });
    for (let i = 0; i < 8; i++) await spool.append(`line-${i}`);
    const group = await spool.read();
    await spool.advance(group!);
    await afterCrash('a', 'b');
    const again = create('b');
    await again.open();
    expect(await takeAll(again)).toEqual(['line-2', 'line-3', 'line-4', 'line-5', 'line-6', 'line-7']);
  });

  it('cuts a torn last line off and goes on behind it', async () => {
    const spool = create('a');
    await spool.append('{"whole":1}');
    const folder = await afterCrash('a', 'b');
    const [segment = ''] = await segments('b');
    await appendFile(join(folder, segment), '{"torn":');
    const again = create('b');
    await again.open();
    expect((await stat(join(folder, segment))).size).toBe('{"whole":1}\n'.length);
    expect(again.status()).toMatchObject({ tornBytes: 8, waitingBytes: 12 });
    await again.append('{"next":2}');
    expect(await takeAll(again)).toEqual(['{"whole":1}', '{"next":2}']);
  });

  it('cuts at every possible place of a torn write and never loses a line before it', async () => {
    const whole = '{"a":1}\n{"b":2}\n';
    for (let cut = 0; cut <= whole.length; cut++) {
      const folder = join(base, `cut-${cut}`);
      await mkdir(folder);
      await writeFile(join(folder, 'segment-000000000001.jsonl'), whole.slice(0, cut));
      const spool = create(`cut-${cut}`);
      await spool.open();
      const expected = cut < 8 ? [] : cut < 16 ? ['{"a":1}'] : ['{"a":1}', '{"b":2}'];
      expect(await takeAll(spool)).toEqual(expected);
    }
  });

  it('forwards everything again when the watermark is missing or unreadable', async () => {
    const spool = create('a');
    for (const line of ['1', '2']) await spool.append(line);
    await spool.advance((await spool.read())!);
    await spool.append('3');
    for (const [name, text] of [
      ['b', null],
      ['c', 'nonsense'],
      ['d', 'null'],
      ['e', '{"segment":"x"}'],
    ] as const) {
      const folder = await afterCrash('a', name);
      await rm(join(folder, 'watermark.json'));
      if (text !== null) await writeFile(join(folder, 'watermark.json'), text);
      const again = create(name);
      await again.open();
      expect(await takeAll(again)).toEqual(['1', '2', '3']);
    }
  });

  it('never writes into an old segment, so that numbers are not used twice', async () => {
    const spool = create('a');
    await spool.append('1');
    await takeAll(spool);
    await spool.close();
    const again = create('a');
    await again.open();
    expect(await segments('a')).toEqual([]);
    await again.append('2');
    expect(await segments('a')).toEqual(['segment-000000000002.jsonl']);
    expect(await takeAll(again)).toEqual(['2']);
  });
});

describe('a disk that refuses', () => {
  it('fails appends and nothing else, and is tried again', async () => {
    await writeFile(join(base, 'a'), 'a file where the folder should be');
    const spool = create('a');
    await spool.open();
    expect(spool.status().state).toBe('failed');
    expect(await spool.append('lost?')).toBe('failed');
    await rm(join(base, 'a'));
    expect(await spool.append('kept')).toBe('stored');
    expect(spool.status()).toMatchObject({ state: 'open', failed: 1, stored: 1, lastError: null });
    expect(await takeAll(spool)).toEqual(['kept']);
  });

  it('that cannot make a new segment keeps what is there', async () => {
    const spool = create('a', { segmentBytes: 10 });
    await spool.append('x'.repeat(9));
    await mkdir(join(base, 'a', 'segment-000000000002.jsonl'));
    expect(await spool.append('refused')).toBe('failed');
    expect(await spool.append('taken')).toBe('stored');
    expect(await takeAll(spool)).toEqual(['x'.repeat(9), 'taken']);
  });
});
