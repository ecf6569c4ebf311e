// @ts-check
/**
 * `bare-server.mjs DATABASE_URL`: the floor. The same HTTP framework: `GET /BYTES` asks the database `select 1` and answers a
 * constant of that many bytes. Nothing is checked, authorised or looked up.
 */
import { createRequire } from 'node:module';
import pg from 'pg';
import { endWithInput } from '../process/end-with-input.mjs';

// The very framework that the server runs on.
const { fastify } = createRequire(new URL('../../packages/server/package.json', import.meta.url))('fastify');
const pool = new pg.Pool({ connectionString: process.argv[2] ?? '' });
const app = fastify();
endWithInput(async () => {
  await app.close();
  await pool.end();
});

/** @type {Map<number, string>} */
const constants = new Map();
app.get('/:bytes', async (/** @type {any} */ request, /** @type {any} */ reply) => {
  const bytes = Number(request.params.bytes);
  const constant = constants.get(bytes) ?? JSON.stringify('x'.repeat(Math.max(0, bytes - 2)));
  constants.set(bytes, constant);
  await pool.query('select 1');
  return reply.type('application/json').send(constant);
});
console.log(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
