/** The one method of a pino logger that the bus needs. */
export interface BusLogger {
  error(details: { readonly err: unknown }, message: string): void;
}

/** For a bus that was given no logger. */
export const processWarnings: BusLogger = {
  error({ err }, message) {
    process.emitWarning(`${message} ${err instanceof Error ? err.message : String(err)}`, 'FlaghoistBusWarning');
  },
};
