/** What a process says about itself. */
export type { DestinationStream, Logger } from 'pino';
export { createLogger, LOG_LEVELS, type LoggerOptions, type LogLevel } from './logger.ts';
