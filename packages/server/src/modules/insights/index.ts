/**
 * insights: what came back.
 *
 * Owns: the fold of exposures into counts by minute, and the reading of them.
 * Tables: exposure_senders, exposure_counts.
 * Emits: nothing.
 * Never: counts a batch twice; answers a question from anything but the folded counts.
 */
export { createFolder, EXPOSURE_QUEUE, type Folder } from './folder.ts';
export { createCounts, type Counts } from './counts.ts';
export { insightRoutes } from './routes.ts';
