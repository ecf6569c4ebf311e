/** What travels up: exposures, receipts, and what edges make of receipts. */
export * from './aggregate.ts';
export * from './batch.ts';
export type { CanarySaid } from './canary.ts';
export * from './receipt.ts';
