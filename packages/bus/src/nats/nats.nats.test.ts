import { startNats } from '@flaghoist/testkit/nats';
import { busContract } from '../contract/index.ts';
import { makeNatsBus } from './nats-under-test.ts';

busContract('NATS', async () => makeNatsBus(await startNats(1), 'contract'));
