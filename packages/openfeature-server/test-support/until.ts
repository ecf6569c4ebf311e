import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 10_000;

/** Resolves once the condition holds; rejects, saying what was waited for, when it does not within ten seconds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + DEADLINE_MS; !condition(); await sleep(5))
    if (performance.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms for: ${what}.`);
}
