/** Wires between programs that tests harm. */
export { type FaultLink, type FaultLinkOptions, type LinkFault, startFaultLink } from './fault-link.ts';
