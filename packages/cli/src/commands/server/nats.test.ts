import { expect, it } from 'vitest';
import { CommandFailure } from '../../command-failure.ts';
import { readNats } from './nats.ts';

it('NATS is where the settings say, or nowhere, and certificates are for NATS', () => {
  const none = { natsUrl: undefined, natsCa: undefined, natsCert: undefined, natsKey: undefined, natsCreds: undefined };
  expect(readNats(none)).toBeUndefined();
  expect(readNats({ ...none, natsUrl: 'tls://a', natsCa: '/ca' })).toEqual({ url: 'tls://a', ca: '/ca' });
  for (const name of ['natsCa', 'natsCert', 'natsKey', 'natsCreds'])
    expect(() => readNats({ ...none, [name]: '/file' })).toThrow(CommandFailure);
});
