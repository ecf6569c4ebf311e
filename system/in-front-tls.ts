/** nginx and HAProxy with TLS on both sides, as their configurations say it: in front for whoever asks, behind to edges. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { createAuthority } from '@flaghoist/testkit';
import { expect } from 'vitest';
import { startHaproxy, startNginx } from './in-front.ts';
import { type ServerPlace, startServer } from './running-server.ts';
import type { Scene } from './scene.ts';
import { openSecureClient } from './secure-client.ts';

/** As the configurations have it. */
const NAME = 'flags.internal';
const ASKED = 20;
const PATH = '/ofrep/v1/evaluate/flags/counter';

/** One of two edges has a certificate of another authority, though for the right name: it hears of nothing. */
export async function expectOnlyKnownEdges(scene: Scene, place: ServerPlace, key: string): Promise<void> {
  const authority = createAuthority();
  const folder = await scene.folder();
  const own = authority.issue({ names: [NAME] });
  const [cert, file] = [join(folder, 'edge.crt'), join(folder, 'edge.key')];
  await writeFile(cert, own.cert);
  await writeFile(file, own.key);
  const args = [...(place.args ?? []), '--tls-cert', cert, '--tls-key', file];
  const edge = await startServer(scene, { ...place, data: await scene.folder(), port: 0, args });
  const impostor = await startImpostor(scene);
  const behind = { edges: [impostor.port, edge.port], control: edge.port } as const;
  const tls = { ...authority.issue({ names: ['localhost'] }), ca: authority.cert };
  const client = await openSecureClient(scene, { ca: authority.cert });
  for (const { url } of await Promise.all([startNginx(scene, behind, tls), startHaproxy(scene, behind, tls)])) {
    for (let asked = 0; asked < ASKED; asked++) {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await client.send('POST', `${url}${PATH}`, {
        headers,
        body: { context: { targetingKey: 'ann' } },
      });
      expect([answer.status, url]).toEqual([200, url]);
    }
    const plain = fetch(url.replace('https:', 'http:'));
    expect(
      await plain.then(
        ({ status }) => status,
        () => 0,
      ),
    ).not.toBe(200);
  }
  expect(impostor.asked).toEqual([]);
  expect(impostor.connections()).toBeGreaterThan(0);
  expect(await edge.stop()).toMatchObject({ code: 0 });
}

async function startImpostor(scene: Scene) {
  const asked: string[] = [];
  let connections = 0;
  const { cert, key } = createAuthority('Somebody else').issue({ names: [NAME] });
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  server.on('connection', () => connections++);
  // Whoever looks at its certificate breaks it off.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  scene.atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, asked, connections: () => connections };
}
