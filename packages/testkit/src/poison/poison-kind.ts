import type { Block } from '@flaghoist/protocol/ruleset';
import type { Edit } from '../published-environment.ts';

export interface Poison {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Makes the genuine block of the edits a false one. */
  readonly spoil?: (block: Block) => Block;
  /**
   * Whether whoever reads it refuses it, or bears it: applies what the gate would not have let pass, and goes on answering.
   */
  readonly readers: 'refuse' | 'bear';
}
