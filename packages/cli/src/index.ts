/** The `flaghoist` command. */
export { main } from './main.ts';
export { type Host, type Sink, createNodeHost } from './host.ts';
