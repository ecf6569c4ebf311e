/** A deterministic simulation of publisher, bus, edges and clients in one process, and what judges it. */
export { Checker } from './checker.ts';
export { describeEntry, type Happened, type Recorded } from './recording.ts';
export { INVARIANTS, type Invariant, type Violation } from './violation.ts';
export { FAULTS } from './faults.ts';
export { describeFailure } from './failure.ts';
export type { PlantedBug } from './planted-bug.ts';
export { PLANTED_BUGS } from './planted-bugs.ts';
export { type Outcome, SETTLE_LIMIT_MS, simulate } from './simulation.ts';
