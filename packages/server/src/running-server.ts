/** What whoever started a process holds of it. */
export interface RunningServer {
  readonly url: string;
  /** Null once somebody completed it. */
  readonly setupUrl: string | null;
  /** Null without `demo`. */
  readonly keys: { readonly server: string; readonly client: string } | null;
  /** Drains, stops and lets go of the folder. Never rejects. */
  stop(): Promise<void>;
  /**
   * Resolves when stopping is done, whoever asked for it. Rejects with an OperatorError, `DATABASE_LOST`, when the server
   * had to stop because the embedded database's thread ended.
   */
  readonly finished: Promise<void>;
}
