/**
 * flags: what applications ask for.
 *
 * Owns: flags of projects, their configuration in each environment, what lists show of it, the filters that people keep,
 *   changes of several entities at once, and evaluation at the newest committed revision.
 * Tables: flags, flag_states, saved_filters; configurations are entity versions, written through changes.
 * Emits: entities of kind `flag`.
 * Never: lets a configuration through that the evaluator would not prepare; gives an archived flag's key away again.
 */
export { comparisonRoutes } from './routes-comparison.ts';
export { createFlags, type Flags } from './flags.ts';
export { flagRoutes } from './routes.ts';
export { configurationRoutes } from './routes-configuration.ts';
export { savedFilterRoutes } from './routes-saved-filters.ts';
export { followFlags } from './states.ts';
export { flagsUsing } from './usage.ts';
