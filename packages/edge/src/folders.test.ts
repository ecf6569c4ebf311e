import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spoolFolder, workerFolder, workersToStart } from './folders.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-workers-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

/** A spool as a worker leaves it: one segment of two lines, of which `handedOn` bytes are safe elsewhere. */
async function leave(worker: number, handedOn: number): Promise<void> {
  const folder = spoolFolder(workerFolder(data, worker));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'segment-000000000003.jsonl'), '{"a":1}\n{"a":2}\n');
  await writeFile(join(folder, 'watermark.json'), JSON.stringify({ segment: 3, offset: handedOn }));
}

describe('the workers to start', () => {
  it('are as many as are asked for', async () => {
    expect(await workersToStart(data, 3)).toEqual([1, 2, 3]);
    expect(await workersToStart(join(data, 'none'), 1)).toEqual([1]);
  });

  it('include those of an earlier start that have exposures to hand on, until they have not', async () => {
    await leave(2, 0);
    await leave(3, 16);
    await leave(4, 8);
    await leave(12, 0);
    await mkdir(join(data, 'worker-x'));
    expect(await workersToStart(data, 1)).toEqual([1, 2, 4, 12]);
    expect(await workersToStart(data, 4)).toEqual([1, 2, 3, 4, 12]);
  });

  it('begin in the folder of a process without workers', () => {
    expect([workerFolder('/data', 1), workerFolder('/data', 2)]).toEqual(['/data', join('/data', 'worker-2')]);
  });
});
