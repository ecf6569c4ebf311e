import { startNats } from '@flaghoist/testkit/nats';
import { busContract } from '../contract/index.ts';
import { makeNatsBus } from './nats-under-test.ts';

busContract('a cluster of three NATS servers', async () => makeNatsBus(await startNats(3), 'contract'));
