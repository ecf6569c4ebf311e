/** What the publisher and the gate's worker say to each other: one request at a time, each answered once. */
import type { EntityVersion } from '../changes/index.ts';
import type { Proposal, Publication } from './line.ts';

export type ToWorker =
  /** Some of the entities of the request that follows: sent in parts, because copying them takes the sender's time. */
  | { readonly type: 'entities'; readonly entities: readonly EntityVersion[] }
  | { readonly type: 'load'; readonly environmentId: string; readonly at: Publication }
  | { readonly type: 'next'; readonly environmentId: string; readonly proposal: Omit<Proposal, 'entities'> }
  | { readonly type: 'drop'; readonly environmentId: string };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly unprepared: readonly string[] }
  | { readonly type: 'passed'; readonly block: GateBlock }
  | { readonly type: 'refused'; readonly problem: string }
  /** A bug: the environment has to be loaded again. */
  | { readonly type: 'failed'; readonly message: string };

/** The block that publishes a revision, as the bytes of its message. */
export interface GateBlock {
  readonly publication: Publication;
  readonly head: string;
  readonly body: Uint8Array;
}

/** Where the worker is in its work, shared: so that the publisher can tell slow from stuck, and knows on what. */
export const PROGRESS = { steps: 0, entity: 1, length: 2 } as const;
