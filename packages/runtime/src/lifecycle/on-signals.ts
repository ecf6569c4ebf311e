const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

/**
 * For main programs only: the first SIGTERM or SIGINT calls `stop` and then ends the process, with code 0, or 1 when
 * `stop` rejects; the second one ends it at once with 128 + the signal's number. Returns a function that takes the
 * handlers away again.
 */
export function onSignals(stop: () => Promise<unknown>): () => void {
  let stopping = false;
  const handle = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (stopping) process.exit(128 + SIGNALS[signal]);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `Stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
  return () => {
    process.off('SIGTERM', handle);
    process.off('SIGINT', handle);
  };
}
