/** The gate by itself, without a server: for whoever measures it. */
export { Gate, Line } from './modules/publishing/index.ts';
export type { Proposal } from './modules/publishing/index.ts';
