/** Follows rulesets, answers evaluations, takes exposures in. */
export type { ConfirmKey } from './access/confirmation.ts';
export type { KeyUsageStatus } from './access/key-usage.ts';
export { createEdge, type Edge } from './edge.ts';
export type { EdgeStatus, EnvironmentStatus } from './edge-status.ts';
export type { ReplicaSource } from './replica/replica.ts';
export type { ReadableLog } from './replica/bus-source.ts';
export type { RulesetSource } from './replica/ruleset-source.ts';
export type { SpoolStatus } from './intake/spool/spool.ts';
export { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';
export type { Refused } from './replica/followed-environment.ts';
export { createUpstream, type Upstream, type UpstreamOptions } from './upstream/upstream.ts';
export type { EdgeMachine, EdgeOptions } from './edge-options.ts';
