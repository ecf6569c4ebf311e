/** Figures on a port of their own. */
export { createMetricsListener, type MetricsListenerOptions } from './metrics-listener.ts';
