export interface ListenerLimits {
  /** From the first byte of a request, or the opening of a connection, to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to its last. How long the answer takes does not count. */
  readonly requestTimeoutMs: number;
  /**
   * How long nothing of an answer may leave because its reader takes none of it; the connection is cut after once to three
   * times as long. An event stream is written to more often, and has to bound by itself what its reader leaves.
   */
  readonly answerStallMs: number;
  /** How long an idle connection is kept. Longer than the 60 s of common load balancers, which must close first. */
  readonly keepAliveTimeoutMs: number;
  /** Request line and headers together. */
  readonly maxHeaderBytes: number;
  /** Path and query, in characters. */
  readonly maxUrlLength: number;
}

export const DEFAULT_LIMITS: ListenerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  answerStallMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  maxHeaderBytes: 16 * 1024,
  maxUrlLength: 8 * 1024,
};
