/** The bus on NATS JetStream, server 2.9 or newer. */
export { type CredentialKind, credentialKind } from './login.ts';
export { createNatsBus, type NatsBus, type NatsBusOptions } from './nats-bus.ts';
export type { NatsState } from './nats-state.ts';
