import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from '@flaghoist/runtime/crypto';
import { flag } from '@flaghoist/testkit/published-environment';
import { expect, it, onTestFinished } from 'vitest';
import { KEY, NativeDoor, OWN_RULESET } from '../test-support/native-door.ts';
import { createNativeTransport } from './native-transport.ts';

async function openDoor() {
  const door = await NativeDoor.open([flag('checkout', 'off')]);
  onTestFinished(() => door.close());
  const transport = createNativeTransport({ url: door.url, key: KEY });
  const fetched = (etag: string | null): Promise<string> =>
    new Promise((resolve) => {
      transport.fetch(
        etag,
        {
          onRuleset: () => resolve('a ruleset'),
          onUnchanged: () => resolve('unchanged'),
          onFailure: ({ message }) => resolve(message),
        },
        null,
      );
    });
  return { door, fetched };
}

it('asks for its ruleset at an address of its own, which does not tell its key', async () => {
  const { door, fetched } = await openDoor();
  expect(await fetched(null)).toBe('a ruleset');
  expect(door.requests).toEqual([`GET ${OWN_RULESET}`]);
  expect(OWN_RULESET).toBe(`/native/v1/ruleset/${sha256(`ruleset ${KEY}`)}`);
});

it('does not take what a cache kept for long as a sign that nothing changed, nor shows its address', async () => {
  const { door, fetched } = await openDoor();
  const held = door.environment.headHash;
  door.age = 30;
  expect(await fetched(held)).toBe('unchanged');
  door.age = 31;
  expect(await fetched(held)).toBe(
    'GET /native/v1/ruleset: the answer is 31 s old. A cache keeps it because it does not reach the server.',
  );
  // With nothing to answer from, an old ruleset is better than none.
  expect(await fetched(null)).toBe('a ruleset');
});

it('what is refused for want of a client certificate says nothing of what was sent: it is sent again, and the reason told', async () => {
  const detail = 'Connect with a certificate.';
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.statusCode = 400;
    response.end(JSON.stringify({ code: 'client_certificate_needed', detail }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const transport = createNativeTransport({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: 'x',
  });
  await expect(transport.sendExposures('{}')).rejects.toThrow(detail);
  await expect(transport.sendReceipt('{}')).rejects.toThrow(detail);
  const message = await new Promise<string>((resolve, reject) => {
    const unexpected = (): void => reject(new Error('it was answered'));
    const onFailure = (failure: { readonly message: string }): void => resolve(failure.message);
    transport.fetch(null, { onRuleset: unexpected, onUnchanged: unexpected, onFailure }, null);
  });
  expect(message).toContain('status 400: Connect with a certificate.');
  transport.close();
});
