import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutgoing, guardLookup, type LookupAll, OutgoingError } from './sso-outgoing.ts';

/** A resolver that knows these names and asks nobody. */
function lookupOf(names: Readonly<Record<string, readonly string[]>>): LookupAll {
  return (name, _options, done) => {
    const addresses: LookupAddress[] = (names[name] ?? []).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    done(null, addresses);
  };
}

describe('a request to a provider', () => {
  let server: Server;
  let origin: string;
  let asked: string[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const path = request.url ?? '';
      if (path === '/slow') return;
      if (path === '/stalls') response.writeHead(200).write('{');
      else if (path === '/large') response.end(Buffer.alloc((1 << 20) + 1, 32));
      else if (path === '/bomb')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20 << 20, 32)));
      else if (path === '/redirect') response.writeHead(302, { location: '/json' }).end();
      else if (path === '/broken') response.writeHead(502).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    asked = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const outgoing = (names: Readonly<Record<string, readonly string[]>> = {}, onLoopback = true) =>
    createOutgoing({ onLoopback, lookup: lookupOf(names), deadlineMs: 300 });

  it('is answered', async () => {
    const answer = await outgoing()(`${origin}/json`, { method: 'POST', body: new URLSearchParams({ code: '1' }) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toEqual({ ok: true });
  });

  it('follows no redirect', async () => {
    asked = [];
    expect((await outgoing()(`${origin}/redirect`, {})).status).toBe(302);
    expect(asked).toEqual(['GET /redirect']);
  });

  it.each(['/slow', '/stalls', '/large', '/bomb', '/broken'])('to %s is given up', async (path) => {
    const begun = performance.now();
    await expect(outgoing()(`${origin}${path}`, {})).rejects.toBeInstanceOf(OutgoingError);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('is not made to the machine itself, unless the server is there only', async () => {
    asked = [];
    await expect(outgoing({}, false)(`${origin}/json`, {})).rejects.toBeInstanceOf(OutgoingError);
    const { port } = new URL(origin);
    const named = outgoing({ 'login.example.com': ['127.0.0.1'] }, false);
    await expect(named(`https://login.example.com:${port}/json`, {})).rejects.toThrow(
      /127\.0\.0\.1, where no provider/,
    );
    expect(asked).toEqual([]);
  });

  it('asks for names where they are when it is made, so that no name can move behind the check', async () => {
    const { port } = new URL(origin);
    let looked = 0;
    const moving: LookupAll = (_name, _options, done) => {
      looked++;
      done(null, [{ address: looked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    };
    const moved = createOutgoing({ onLoopback: true, lookup: moving, deadlineMs: 300 });
    expect((await moved(`http://localhost:${port}/json`, {})).status).toBe(200);
    await expect(moved(`http://localhost:${port}/json`, {})).rejects.toThrow(/169\.254\.169\.254, where no provider/);
  });
});

describe('looking up the name of a provider', () => {
  const look = (addresses: readonly string[], all: boolean) =>
    new Promise<unknown>((resolve) => {
      guardLookup(lookupOf({ name: addresses }), false)('name', { all }, (error, found) => resolve(error ?? found));
    });

  it('answers the addresses', async () => {
    expect(await look(['93.184.216.34', '10.0.0.1'], false)).toBe('93.184.216.34');
    expect(await look(['93.184.216.34', '10.0.0.1'], true)).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
  });

  it.each([
    [['169.254.169.254']],
    [['93.184.216.34', '169.254.169.254']],
    [['93.184.216.34', 'fe80::1']],
    [['::ffff:127.0.0.1']],
    [['0.0.0.0']],
    [[]],
  ])('refuses a name that is at %j', async (addresses) => {
    expect(await look(addresses, true)).toBeInstanceOf(OutgoingError);
    expect(await look(addresses, false)).toBeInstanceOf(OutgoingError);
  });
});
