/** An edge alone: whoever loads this loads nothing of the control plane, and a database driver only where there is a database. */
export { startEdge } from './compose/edge-alone.ts';
