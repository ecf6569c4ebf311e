/** The Flaghoist server: the modular monolith, or the part of it that a process's roles name. */
export { writeRecovery } from './recovery.ts';
export { raiseEpoch, type Restored, readBackups, restoreBackup } from './restore.ts';
export type { EdgeServerOptions, NatsAddress, ProcessRole, ServerOptions, UpstreamAddress } from './server-options.ts';
export type { RunningServer } from './running-server.ts';
export { startServer } from './start.ts';
