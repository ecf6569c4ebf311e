/** What whoever started a process holds of it. */
import type { Figures } from '@flaghoist/runtime/telemetry';

export interface RunningServer {
  readonly url: string;
  /** Where its figures are read; null: on no port. */
  readonly metricsUrl: string | null;
  /** Null once somebody completed it. */
  readonly setupUrl: string | null;
  /** Null without `demo`. */
  readonly keys: { readonly server: string; readonly client: string } | null;
  /** What it counts and measures, now. Never rejects for what cannot be reached. */
  figures(): Promise<Figures>;
  /** Drains, stops and lets go of the folder. Never rejects. */
  stop(): Promise<void>;
  /**
   * Resolves when stopping is done, whoever asked for it. Rejects with an OperatorError, `DATABASE_LOST`, when the server
   * had to stop because the embedded database's thread ended.
   */
  readonly finished: Promise<void>;
}
