import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createNativeTransport } from './native-transport.ts';

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
