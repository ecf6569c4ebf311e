import { findNatsServer, startNats } from '@flaghoist/testkit/nats';
import { makeNatsBus } from '../../test-support/nats-under-test.ts';
import { busContract } from '../contract/index.ts';

const { version } = findNatsServer();

busContract(`NATS ${version}`, async () => makeNatsBus(await startNats(1)));

/** Takes minutes: `npm run prove -- nats` says so. */
if (process.env['NATS_CONTRACT'] === 'cluster')
  busContract(`three servers of NATS ${version}`, async () => makeNatsBus(await startNats(3)));
