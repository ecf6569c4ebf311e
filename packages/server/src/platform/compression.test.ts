import { gunzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { compressLong } from './compression.ts';

const LONG = JSON.stringify({ items: Array.from({ length: 500 }, (_, at) => ({ at, name: 'Ünïcode' })) });
const app = fastify();
app.addHook('onSend', compressLong);
app.get('/long', (_request, reply) => reply.type('application/json').send(LONG));
app.get('/short', (_request, reply) => reply.type('application/json').send('{}'));

it.each(['gzip', 'br, gzip', 'deflate,GZIP;q=0.5', 'gzip; q=1.0'])(
  'sends a long answer compressed to who takes that (%s)',
  async (accept) => {
    const { headers, rawPayload } = await app.inject({ url: '/long', headers: { 'accept-encoding': accept } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(headers['content-length']).toBe(String(rawPayload.length));
    expect(gunzipSync(rawPayload).toString()).toBe(LONG);
  },
);

it.each(['', 'br', 'gzip;q=0', 'gzip;q=0.0, br', 'xgzip'])('sends it as it is to who does not (%s)', async (accept) => {
  const { headers, body } = await app.inject({ url: '/long', headers: { 'accept-encoding': accept } });
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['vary']).toBe('accept-encoding');
  expect(body).toBe(LONG);
});

it('leaves short answers as they are', async () => {
  const { headers, body } = await app.inject({ url: '/short', headers: { 'accept-encoding': 'gzip' } });
  expect([headers['content-encoding'], headers['vary'], body]).toEqual([undefined, undefined, '{}']);
});
