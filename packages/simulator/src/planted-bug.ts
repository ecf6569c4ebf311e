import type { Seams } from './seams.ts';
import type { Invariant } from './violation.ts';

export interface PlantedBug {
  /** What the code does wrong, as one sentence without its subject. */
  readonly name: string;
  /** By which of these it may show. */
  readonly breaks: readonly Invariant[];
  readonly seams: Seams;
}
