/** Connections to PostgreSQL that are gone without a word: TCP tells of it after a quarter of an hour, and nobody waits so long. */
import { type FaultLink, startFaultLink } from '@flaghoist/testkit/links';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from '../test-support/running-server.ts';
import { until } from '../test-support/until.ts';

/** Far below what TCP takes, and room for a busy machine. */
const WITHIN_MS = 60_000;

describe('a server whose connections to PostgreSQL are half open', () => {
  let place: DatabasePlace;
  let wire: FaultLink;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let project: string;
  let aside: Client;

  beforeEach(async () => {
    place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const url = new URL(place.databaseUrl ?? '');
    wire = await startFaultLink(Number(url.port));
    url.port = String(wire.port);
    server = await startOn({ ...place, databaseUrl: url.href }, { writeDeadlineMs: 3_000 });
    admin = await setUp(server);
    project = await makeProject(admin, { flags: ['checkout'] });
    aside = new Client({ connectionString: place.databaseUrl });
    await aside.connect();
  });
  afterEach(async () => {
    await aside.end();
    // The silent connections first: a server that asks them for its last words waits for its deadline each time.
    await wire.close();
    await server.stop();
    await place.remove();
  });

  const flag = () => `${project}/environments/production/flags/checkout`;
  const publishedEnabled = async (): Promise<boolean> => {
    const { rows } = await aside.query<{ done: boolean }>(
      `select p.revision >= v.revision as done from entity_versions v join publications p using (environment_id)
        where v.kind = 'flag' and v.key = 'checkout' and v.json like '%"enabled":true%' order by v.revision desc limit 1`,
    );
    return rows[0]?.done ?? false;
  };

  it('answers reads and writes, and publishes, by new ones', async () => {
    wire.harm({ kind: 'half-open' });
    wire.heal();
    await until('a read is answered', async () => (await admin.send('GET', flag())).status === 200, WITHIN_MS);
    const key = 'the-same-write-again-1';
    await until(
      'a write is done',
      async () => {
        const write = await admin.send('PATCH', flag(), { enabled: true }, { ifMatch: '*', idempotencyKey: key });
        return write.status === 200;
      },
      WITHIN_MS,
    );
    await until('it is published', publishedEnabled, WITHIN_MS);
    const given = server.log.lines.filter(({ msg }) => msg === 'database: a connection did not answer and was closed');
    expect(given.length).toBeGreaterThan(0);
  });
});
