/**
 * insights: what came back.
 *
 * Owns: the fold of exposures into counts by minute, their sums by hour and day, the reading of both, and how long they are kept.
 * Tables: exposure_senders, exposure_counts, exposure_sums.
 * Emits: nothing.
 * Never: counts a batch twice; answers a question from anything but the folded counts.
 */
export { createFolder, EXPOSURE_QUEUE, type ExposureFolder } from './folder.ts';
export { createCounts, type Counts } from './counts.ts';
export { createSeries, type Series } from './series.ts';
export { createRetention, DEFAULT_KEPT, type KeptCounts, type Retention } from './retention.ts';
export { fold, isFolded, type SenderProgress } from './sender.ts';
export { insightRoutes } from './routes.ts';
