/** Follows rulesets, answers evaluations, takes exposures in. */
export type { ConfirmKey } from './access/confirmation.ts';
export type { KeyUsageStatus } from './access/key-usage.ts';
export {
  createEdge,
  type Edge,
  type EdgeMachine,
  type EdgeOptions,
  type EdgeStatus,
  type EnvironmentStatus,
} from './edge.ts';
export type { SpoolStatus } from './intake/spool/spool.ts';
export { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';
export type { Refused } from './replica/followed-environment.ts';
