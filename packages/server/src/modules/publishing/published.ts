/** What the publisher believes of an environment while it goes on with it. */
import type { Publication } from './line.ts';
import type { Withheld } from './withheld.ts';

export interface Published {
  readonly environmentId: string;
  at: Publication;
  withheld: Withheld;
  /** Entities that took the gate's worker down, with their revision: asked about again only when they change. */
  readonly stuck: Map<string, number>;
  /** Heads that the bus had already when the environment was taken up, by message. */
  readonly expected: ReadonlyMap<string, string>;
  lastId: string | null;
  isCheckpointDue: boolean;
  patchBytes: number;
  checkpointBytes: number;
}

/** Publishing over what the bus holds would do harm: an operator has to say what is true. */
export class RefusedToPublish extends Error {}
