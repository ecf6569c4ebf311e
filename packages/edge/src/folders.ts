/** The folders of one edge's process: where its spool and last good rulesets are, and what is left of workers. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@flaghoist/runtime/files';
import { waitingBytes } from './intake/spool/waiting.ts';

const WORKER = /^worker-([2-9]|[1-9]\d+)$/;

export function spoolFolder(data: string): string {
  return join(data, 'spool');
}

export function rulesetsFolder(data: string): string {
  return join(data, 'rulesets');
}

/** The data folder of a worker. The first one has that of a process without workers, whose spool and rulesets it finds. */
export function workerFolder(data: string, worker: number): string {
  return worker === 1 ? data : join(data, `worker-${worker}`);
}

/**
 * The workers to start: 1 to `count`, and those of an earlier start whose spool holds what was acknowledged and not handed
 * on. Whoever asks for fewer workers than before would otherwise never see it counted.
 */
export async function workersToStart(data: string, count: number): Promise<readonly number[]> {
  const names = await readdir(data).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const left: number[] = [];
  for (const name of names) {
    const worker = Number(WORKER.exec(name)?.[1] ?? 0);
    if (worker > count && (await waitingBytes(spoolFolder(workerFolder(data, worker)))) > 0) left.push(worker);
  }
  return [...Array.from({ length: count }, (_, i) => i + 1), ...left.sort((a, b) => a - b)];
}
