// @ts-check
import { readFileSync } from 'node:fs';

/**
 * The most memory a running process has had resident so far, in MB; null where the system does not say (only Linux does).
 *
 * @param {number} pid
 */
export function peakMemory(pid) {
  return read(pid, 'VmHWM');
}

/**
 * What it has resident now, in MB, or null.
 *
 * @param {number} pid
 */
export function residentMemory(pid) {
  return read(pid, 'VmRSS');
}

/**
 * @param {number} pid
 * @param {string} name
 */
function read(pid, name) {
  if (process.platform !== 'linux') return null;
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const kilobytes = /(\d+) kB$/.exec(line ?? '')?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status does not tell ${name}.`);
  return (Number(kilobytes) * 1_024) / 1e6;
}
