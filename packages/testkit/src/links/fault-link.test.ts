import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultLink, startFaultLink } from './fault-link.ts';

const BODY = 'x'.repeat(20_000);

describe('a wire', () => {
  let server: Server;
  let link: FaultLink;

  beforeEach(async () => {
    server = createServer((request, response) => {
      response.write(BODY);
      if (request.url === '/') response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let turn = 0;
    link = await startFaultLink((server.address() as AddressInfo).port, { random: () => (turn++ % 10) / 10 });
  });
  afterEach(async () => {
    await link.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** `whole`, or `other` than was sent, `gone`, or `silent` after `ms`. */
  function ask(ms: number, path = '/'): Promise<string> {
    return new Promise((resolve) => {
      const asked = request({ port: link.port, path, agent: false }, (answer: IncomingMessage) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve(text === BODY ? 'whole' : 'other'));
        answer.on('error', () => resolve('gone'));
      });
      asked.on('error', () => resolve('gone'));
      asked.end();
      void sleep(ms).then(() => {
        resolve('silent');
        asked.destroy();
      });
    });
  }

  it('leads on what comes, and ends what nobody listens to', async () => {
    expect(await ask(5_000)).toBe('whole');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(5_000)).toBe('gone');
  });

  it('is slow, and no faster than it may be', async () => {
    link.harm({ kind: 'latency', ms: 100, jitterMs: 50 });
    const from = performance.now();
    expect(await ask(5_000)).toBe('whole');
    expect(performance.now() - from).toBeGreaterThanOrEqual(195);
    link.harm({ kind: 'rate', bytesPerSecond: 50_000 });
    const again = performance.now();
    expect(await ask(5_000)).toBe('whole');
    expect(performance.now() - again).toBeGreaterThanOrEqual(390);
  });

  it('holds everything back while it stalls, and leads it on after', async () => {
    link.harm({ kind: 'stall' });
    const answer = ask(5_000);
    expect(await Promise.race([answer, sleep(150)])).toBeUndefined();
    link.heal();
    expect(await answer).toBe('whole');
  });

  it('is cut: what is open ends, and so does what is new, until it is healed', async () => {
    link.harm({ kind: 'stall' });
    const open = ask(5_000);
    await sleep(50);
    link.harm({ kind: 'cut' });
    expect([await open, await ask(5_000)]).toEqual(['gone', 'gone']);
    link.heal();
    expect(await ask(5_000)).toBe('whole');
  });

  it('is dead without a word: what was open then stays silent for ever, what is new works once it is healed', async () => {
    link.harm({ kind: 'stall' });
    const open = ask(500);
    await sleep(50);
    link.harm({ kind: 'half-open' });
    const late = ask(300);
    await sleep(50);
    link.heal();
    expect(await ask(5_000)).toBe('whole');
    expect([await open, await late]).toEqual(['silent', 'silent']);
  });

  it('turns bits', async () => {
    link.harm({ kind: 'flip', everyBytes: 1 });
    expect(await ask(2_000)).not.toBe('whole');
  });

  it('holds back what comes after the headers, for one path alone', async () => {
    link.harm({ kind: 'hold', path: '/stream' });
    expect([await ask(200, '/stream?a=b'), await ask(5_000)]).toEqual(['silent', 'whole']);
  });
});
