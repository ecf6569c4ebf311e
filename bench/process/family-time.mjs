// @ts-check
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the machine (USER_HZ). */
const TICK_MS = 10;

/**
 * The processor time in milliseconds that processes of one name have used, those among the descendants of a process, and of
 * theirs those that have ended. Linux.
 *
 * @param {number} ancestor
 * @param {string} name Of the program, at most 15 characters.
 */
export function familyTime(ancestor, name) {
  const processes = new Map(
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => readStat(Number(entry))),
  );
  /** @param {number} pid @returns {boolean} */
  const descends = (pid) => {
    const parent = processes.get(pid)?.parent ?? 0;
    return parent === ancestor || (parent > 1 && descends(parent));
  };
  let sum = 0;
  for (const [pid, process] of processes) if (process.name === name && descends(pid)) sum += process.timeMs;
  return sum;
}

/** @param {number} pid @returns {[number, { name: string; parent: number; timeMs: number }][]} */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text
      .slice(end + 2)
      .split(' ')
      .map(Number);
    // State, parent, ...; the 14th to 17th field of all: own time and that of children that were waited for.
    const [, parent = 0] = fields;
    const timeMs = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
    return [[pid, { name: text.slice(text.indexOf('(') + 1, end), parent, timeMs }]];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
