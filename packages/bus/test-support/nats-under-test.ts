/** Buses over real NATS servers, as the contract takes them. */
import type { NatsServers } from '@flaghoist/testkit/nats';
import type { BusUnderTest } from '../src/contract/index.ts';
import { createNatsBus, type NatsBus } from '../src/nats/nats-bus.ts';

/** The stores of the tests are small. */
const QUEUE_MAX_BYTES = 16 << 20;

/** Buses over these servers, which end with them. */
export function makeNatsBus(servers: NatsServers): BusUnderTest {
  const buses: NatsBus[] = [];
  const start = (deaf: boolean): NatsBus => {
    const bus = createNatsBus({
      servers: servers.url.split(','),
      queueMaxBytes: QUEUE_MAX_BYTES,
      deaf,
      logger: { error() {} },
    });
    buses.push(bus);
    return bus;
  };
  const { log, queue } = start(false);
  return {
    log,
    queue,
    join: ({ deaf }) => Promise.resolve(start(deaf)),
    async close() {
      for (const bus of buses) await bus.stop();
      await servers.stop();
    },
  };
}
