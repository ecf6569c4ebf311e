/** The Flaghoist server: the modular monolith, or the part of it that a process's roles name. */
export { type ProcessRole, type RunningServer, type ServerOptions, startServer } from './start.ts';
