/** How whoever keeps a copy as far on as it can be applies a snapshot: an edge, which many others depend on. */
import type { Block, EntityLine, Head } from '@flaghoist/protocol/ruleset';
import type { Refusal } from './ruleset-copy.ts';
import type { VerifiedRuleset } from './verified-ruleset.ts';

/** What was applied at once. */
export interface AppliedBlocks {
  /** The first block holds everything; otherwise the only one is the patch to the next revision. */
  readonly whole: boolean;
  readonly blocks: readonly Block[];
  readonly changed: readonly EntityLine[];
}

export interface Advance {
  readonly steps: readonly AppliedBlocks[];
  /** Why what comes after the steps was refused; null: nothing was left. */
  readonly refusal: Refusal | null;
}

/**
 * Goes on from what is held where the snapshot contains it, at the cost of the patches since alone. A patch that is refused
 * leaves what came before it applied, where `mayStop` allows that.
 */
export function advance(ruleset: VerifiedRuleset, blocks: readonly Block[], mayStop: (at: Head) => boolean): Advance {
  const at = ruleset.head === null ? -1 : blocks.findIndex(({ headText }) => headText === ruleset.headText);
  return at < 0 ? replace(ruleset, blocks, mayStop) : goOn(ruleset, blocks.slice(at + 1));
}

function replace(ruleset: VerifiedRuleset, blocks: readonly Block[], mayStop: (at: Head) => boolean): Advance {
  const result = ruleset.applyBlocks(blocks, mayStop);
  if (!result.ok) return { steps: [], refusal: result };
  const reached = blocks.findIndex(({ headText }) => headText === ruleset.headText);
  const applied = { whole: true, blocks: blocks.slice(0, reached + 1), changed: result.changed };
  return { steps: [applied], refusal: result.rest ?? null };
}

function goOn(ruleset: VerifiedRuleset, patches: readonly Block[]): Advance {
  const steps: AppliedBlocks[] = [];
  for (const block of patches) {
    const result = ruleset.applyPatch(block);
    if (!result.ok) return { steps, refusal: result };
    steps.push({ whole: false, blocks: [block], changed: result.changed });
  }
  return { steps, refusal: null };
}
