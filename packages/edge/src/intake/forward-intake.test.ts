import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { afterEach, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { EXPOSURES_QUEUE } from './spool/forwarder.ts';

let edge: EdgeServer;
afterEach(() => edge.close());

it('one key whose requests do not end leaves room for what others hand on', async () => {
  const [flooding, other] = [mintKey('relay'), mintKey('relay')];
  const history = new History('env-1');
  history.change(flag('a'), flooding.line(), other.line());
  edge = await EdgeServer.create();
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
  const path = `${NATIVE_PATHS.forward}?queue=${EXPOSURES_QUEUE}`;
  const headers = { authorization: `Bearer ${flooding.text}`, 'content-length': 1_000 };
  const unfinished = Array.from({ length: 16 }, () => {
    const request = edge.request('POST', path, { headers }, (response) => response.resume());
    request.on('error', () => undefined);
    request.write('{');
    return request;
  });
  await until(async () => (await edge.ask('POST', path, { key: flooding.text, raw: '' })).status === 503);
  expect((await edge.ask('POST', path, { key: other.text, raw: '' })).status).toBe(200);
  for (const request of unfinished) request.destroy();
  await until(async () => (await edge.ask('POST', path, { key: flooding.text, raw: '' })).status === 200);
});
