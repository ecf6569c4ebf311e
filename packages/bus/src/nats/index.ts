/** The bus on NATS JetStream, server 2.9 or newer. */
export { createNatsBus, type NatsBus, type NatsBusOptions } from './nats-bus.ts';
