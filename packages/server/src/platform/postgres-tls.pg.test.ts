/** DATABASE_URL with TLS: what sslmode=verify-full and its files promise, with the driver that is used. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { createAuthority } from '@flaghoist/testkit';
import { startPostgresServer } from '@flaghoist/testkit/postgres';
import { sql } from 'kysely';
import { expect, inject, it, onTestFinished } from 'vitest';
import { openPostgres } from './postgres-adapter.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
const authority = createAuthority();
const clients = createAuthority('clients');

interface Session {
  readonly ssl: boolean;
  readonly client_dn: string | null;
}

async function sessions(url: string): Promise<readonly Session[]> {
  const database = await openPostgres(url, logger);
  try {
    const woken = new Promise<void>((resolve) => {
      void database.listen('anything', () => resolve());
    });
    await woken;
    const { rows } = await sql<Session>`
      select s.ssl, s.client_dn from pg_stat_ssl s join pg_stat_activity a using (pid)
      where a.application_name like 'flaghoist%'`.execute(database.db);
    return rows;
  } finally {
    await database.close();
  }
}

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'flaghoist-pg-tls-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
}

it('every connection speaks TLS and has checked the server, or there is none; files are read for each anew', async () => {
  const put = await openFolder();
  const server = await startPostgresServer({
    tls: { ...authority.issue({ names: ['127.0.0.1'] }), ca: clients.cert },
    settings: { fsync: 'on' },
  });
  onTestFinished(() => server.stop());
  const ca = await put('ca.crt', authority.cert);
  const own = clients.issue({ names: ['flaghoist'] });
  const [cert, key] = [await put('own.crt', own.cert), await put('own.key', own.key)];
  const secure = `${server.url}?sslmode=verify-full&sslrootcert=${ca}`;

  const seen = await sessions(secure);
  expect(seen.length).toBeGreaterThanOrEqual(2);
  expect(seen.every(({ ssl, client_dn: shown }) => ssl && shown === null)).toBe(true);
  const shown = await sessions(`${secure}&sslcert=${cert}&sslkey=${key}`);
  expect(shown.every(({ ssl, client_dn: name }) => ssl && name === '/CN=flaghoist')).toBe(true);

  const refused = async (url: string, why: RegExp): Promise<void> =>
    expect(sessions(url)).rejects.toMatchObject({ code: 'FLAGHOIST_DATABASE', message: expect.stringMatching(why) });
  await refused(`${server.url}?sslmode=verify-full`, /self-signed|verify|issuer/i);
  await put('ca.crt', createAuthority('another').cert);
  await refused(secure, /unable to verify|signature|self-signed|issuer/i);
  // For another name: the address in the URL is not the one it was issued for.
  await put('ca.crt', authority.cert);
  await refused(secure.replace('127.0.0.1', 'localhost'), /altnames|does not match/);
  await put('ca.crt', authority.cert);
  expect((await sessions(secure)).every(({ ssl }) => ssl)).toBe(true);
});

it('a certificate that has expired is refused, and so is a server without TLS: nothing goes in plain text instead', async () => {
  const put = await openFolder();
  const ca = await put('ca.crt', authority.cert);
  const server = await startPostgresServer({ tls: authority.issue({ names: ['127.0.0.1'], toMs: -1_000 }) });
  onTestFinished(() => server.stop());
  await expect(sessions(`${server.url}?sslmode=verify-full&sslrootcert=${ca}`)).rejects.toThrow(/expired/);
  const plain = inject('flaghoistPostgresUrl');
  for (const mode of ['require', 'verify-full'])
    await expect(sessions(`${plain}?sslmode=${mode}&sslrootcert=${ca}`)).rejects.toThrow(/does not support SSL/);
});
