import { findNatsServer, findNewerNatsServer, startNats } from '@flaghoist/testkit/nats';
import { describe } from 'vitest';
import { makeNatsBus } from '../../test-support/nats-under-test.ts';
import { busContract } from '../contract/index.ts';

const own = findNatsServer();
busContract(`NATS ${own.version}`, async () => makeNatsBus(await startNats(1)));

const newer = findNewerNatsServer();
if (newer === null)
  console.warn('NOT TESTED on this machine: a newer nats-server than its own, which the setup could not unpack.');
describe.skipIf(newer === null)('beside the own one of this machine', () => {
  const { version, path } = newer ?? own;
  busContract(`NATS ${version}`, async () => makeNatsBus(await startNats(1, { program: path })));
});
