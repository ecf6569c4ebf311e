/** Real NATS servers for tests. */
export { findNatsServer, type NatsProgram } from './find-servers.ts';
export { type NatsClusterOptions, type NatsServers, startNats } from './nats-cluster.ts';
export type { NatsNode } from './nats-node.ts';
export type { NatsRoute } from './nats-routes.ts';
