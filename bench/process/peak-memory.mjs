// @ts-check
import { readFileSync } from 'node:fs';

/**
 * The most memory a running process has had resident so far, in MB; null where the system does not say (only Linux does).
 *
 * @param {number} pid
 */
export function peakMemory(pid) {
  if (process.platform !== 'linux') return null;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status does not tell the peak of its memory.`);
  return (Number(kilobytes) * 1_024) / 1e6;
}
