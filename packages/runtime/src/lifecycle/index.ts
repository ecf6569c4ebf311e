/** Starting and stopping in order. */
export { createLifecycle, type Lifecycle, type LifecycleOptions, type Part, type StopReport } from './lifecycle.ts';
export { onSignals } from './on-signals.ts';
