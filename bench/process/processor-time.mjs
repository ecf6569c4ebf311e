// @ts-check
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the machine (USER_HZ). */
const TICK_MS = 10;

/**
 * The processor time that a running process has used so far on all its threads, in milliseconds; null where the system
 * does not say (only Linux does).
 *
 * @param {number} pid
 */
export function processorTime(pid) {
  if (process.platform !== 'linux') return null;
  // The name of the command stands in parentheses and may hold anything; utime and stime are the 14th and 15th field.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
