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

export interface Advancing {
  /** Whether what is held may be left as it is at this head. */
  readonly mayStop: (at: Head) => boolean;
  /** Told of each step while the ruleset is as that step has left it. */
  readonly onStep: (applied: AppliedBlocks) => void;
}

/**
 * Goes on from what is held where the snapshot contains it, at the cost of the patches since alone. A patch that is refused
 * leaves what came before it applied, where `mayStop` allows that; what it does not allow is passed over at once, and nobody
 * is told of it. Answers why what comes after the last step was refused; null: nothing was left.
 */
export function advance(ruleset: VerifiedRuleset, blocks: readonly Block[], advancing: Advancing): Refusal | null {
  const at = ruleset.head === null ? -1 : blocks.findIndex(({ headText }) => headText === ruleset.headText);
  const patches = blocks.slice(at + 1);
  const byStep = at >= 0 && patches.every(({ head }) => advancing.mayStop(head));
  return byStep ? goOn(ruleset, patches, advancing) : replace(ruleset, blocks, advancing);
}

function replace(ruleset: VerifiedRuleset, blocks: readonly Block[], { mayStop, onStep }: Advancing): Refusal | null {
  const result = ruleset.applyBlocks(blocks, mayStop);
  if (!result.ok) return result;
  const reached = blocks.findIndex(({ headText }) => headText === ruleset.headText);
  onStep({ whole: true, blocks: blocks.slice(0, reached + 1), changed: result.changed });
  return result.rest ?? null;
}

function goOn(ruleset: VerifiedRuleset, patches: readonly Block[], { onStep }: Advancing): Refusal | null {
  for (const block of patches) {
    const result = ruleset.applyPatch(block);
    if (!result.ok) return result;
    onStep({ whole: false, blocks: [block], changed: result.changed });
  }
  return null;
}
