/** A program that dies or stands still at a named point of its work. */
import { readFile } from 'node:fs/promises';
import type { PointName } from '@flaghoist/runtime/points';

const LISTENER = new URL('./programs/at-point.mjs', import.meta.url);

/** The environment of a program that gets `signal` when it reaches `point` for the `count`th time since its start. */
export function atPoint(
  point: PointName,
  count: number,
  signal: 'SIGKILL' | 'SIGSTOP',
): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${LISTENER.href}`, AT_POINT: `${point}:${count}:${signal}` };
}

/** Whether a process stands still: it was stopped, and lives. Linux only. */
export async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\) T /.test(stat);
}
