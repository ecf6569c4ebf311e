import { startNats } from '@flaghoist/testkit/nats';
import { makeNatsBus } from '../../test-support/nats-under-test.ts';
import { busContract } from '../contract/index.ts';

busContract('a cluster of three NATS servers', async () => makeNatsBus(await startNats(3)));
