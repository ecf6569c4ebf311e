/** Where an edge's rulesets come from: the bus, or another edge or server. It carries and decides nothing. */
import type { Pace, Transport } from '@flaghoist/client';

export interface RulesetSource {
  /** Absent: that of every follower. */
  readonly pace?: Pace;
  /** Begins to tell. */
  start(listener: SourceListener): void;
  /** Nothing is told any more once this resolves. */
  stop(): Promise<void>;
  /** The requests about one environment. */
  transport(environment: string): Transport;
  /**
   * Somebody needs what is newer than what is here. `ask` tells the environment's follower; a source that knows better what
   * to look at leaves it.
   */
  ask(environment: string, ask: () => void): void;
}

export interface SourceListener {
  /** All that can be followed, as of now. What is not among them any more is kept. */
  readonly onEnvironments: (ids: readonly string[]) => void;
  /** The source was asked what there is and did not answer. */
  readonly onUnavailable: (error: unknown) => void;
  /** There is another ruleset of an environment than before. */
  readonly onNews: (id: string) => void;
  /** This edge may not follow an environment any more: whoever may decide that has said so. */
  readonly onWithdrawn: (id: string) => void;
}
