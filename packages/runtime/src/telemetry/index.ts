/** What a process says about itself. */
export type { DestinationStream, Logger } from 'pino';
export { createLogger, LOG_LEVELS, type LoggerOptions, type LogLevel } from './logger.ts';
export { type Figures, formatMetrics, METRICS_MEDIA_TYPE, readFigures } from './metrics.ts';
export { counter, Durations, gauge, type Sample, samplesOf, type Series } from './series.ts';
