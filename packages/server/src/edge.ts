/** An edge alone, over another edge or server: whoever loads this loads no database driver. */
export { startEdge } from './compose/edge-alone.ts';
