import { hostname } from 'node:os';

/** Where this process runs, for people who look at the fleet. */
export function describeHost(): string {
  return `${hostname().slice(0, 100) || 'unknown'}/${process.pid}`;
}
