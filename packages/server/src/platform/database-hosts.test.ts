import { expect, it } from 'vitest';
import { parseDatabaseHosts } from './database-hosts.ts';

it.each([
  ['postgres://u:p@h/db', [['h', 'postgres://u:p@h/db']]],
  ['postgres://u:p@[::1]:5433/db?sslmode=require', [['[::1]:5433', 'postgres://u:p@[::1]:5433/db?sslmode=require']]],
  ['postgres:///db?host=/run/postgresql', [['the database', 'postgres:///db?host=/run/postgresql']]],
  [
    'postgres://u:p%2C%40@one:5432,two:5433/db?ssl=true',
    [
      ['one:5432', 'postgres://u:p%2C%40@one:5432/db?ssl=true'],
      ['two:5433', 'postgres://u:p%2C%40@two:5433/db?ssl=true'],
    ],
  ],
  [
    'postgresql://one,[fe80::1%25eth0]:6000,10.0.0.3/db?target_session_attrs=read-write&ssl=true',
    [
      ['one:5432', 'postgresql://one:5432/db?ssl=true'],
      ['[fe80::1%25eth0]:6000', 'postgresql://[fe80::1%25eth0]:6000/db?ssl=true'],
      ['10.0.0.3:5432', 'postgresql://10.0.0.3:5432/db?ssl=true'],
    ],
  ],
  [
    'postgres://a,b/db?target_session_attrs=primary',
    [
      ['a:5432', 'postgres://a:5432/db'],
      ['b:5432', 'postgres://b:5432/db'],
    ],
  ],
])('%s is the hosts that it names', (url, hosts) => {
  expect(parseDatabaseHosts(url).map((host) => [host.name, host.url])).toEqual(hosts);
});

it.each([
  ['postgres://u:secret@one,/db', '"" is no host'],
  ['postgres://u:secret@one,::1/db', '"::1" is no host'],
  ['postgres://u:secret@one,two:port/db', '"two:port" is no host'],
  ['postgres://u:secret@one,two:70000/db', '70000 is no port'],
  ['postgres://u:secret@one:5432,one/db', 'the host one:5432 is in it twice'],
  ['postgres://u:secret@one,two/db?target_session_attrs=standby', 'target_session_attrs=standby'],
  ['postgres://u:secret@/db?host=one,two', 'before the name of the database'],
])('%s is refused with what is wrong, and without its password', (url, words) => {
  let error: unknown = null;
  try {
    parseDatabaseHosts(url);
  } catch (thrown) {
    error = thrown;
  }
  const { message } = error as Error;
  expect(error).toMatchObject({ code: 'FLAGHOIST_DATABASE_URL' });
  expect(message).toContain(words);
  expect(message).not.toContain('secret');
});
