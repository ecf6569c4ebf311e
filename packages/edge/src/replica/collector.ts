/**
 * What loading rulesets leaves to the garbage collector, given back once it is over.
 *
 * V8 lets a heap grow to about twice of what lives in it before it looks again, and an edge at rest allocates too little
 * for that to come soon: 20 environments of 10,000 flags kept 850 MB resident for hours, of which 440 were in use.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Timers } from '@flaghoist/client';
import type { EntityLine } from '@flaghoist/protocol/ruleset';

export interface Collector {
  /** These came at once. */
  took(changed: readonly EntityLine[]): void;
  stop(): void;
}

/** In characters of entities' texts. Below it the garbage of a load is small beside the program itself. */
const WORTH_CHARACTERS = 32 << 20;
/** What is loaded is saved within a second of that, and leaves as much garbage again. */
const REST_MS = 3_000;

/** Collects once nothing long came for three seconds; that holds the event loop for some 0.1 s where there are 200,000 flags. */
export function createCollector(timers: Timers, collect: () => void = collectAll): Collector {
  let characters = 0;
  let cancel = (): void => {};
  return {
    took(changed) {
      // A change of a few flags leaves nothing worth waiting for.
      if (changed.length < 1_000) return;
      for (const { json } of changed) characters += json?.length ?? 0;
      if (characters < WORTH_CHARACTERS) return;
      cancel();
      cancel = timers.after(REST_MS, () => {
        characters = 0;
        collect();
      });
    },
    stop: () => cancel(),
  };
}

let found: (() => void) | null = null;

/** Node hands out the collector to whoever asked for it at the start of the process, and to a context made after this. */
function collectAll(): void {
  if (found === null) {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  found();
}
