// @ts-check
import pg from 'pg';

/**
 * One row in PostgreSQL and who is told of it: the least a change that others hear of can cost.
 *
 * @param {string} url Of an empty database.
 * @param {(value: string) => void} onValue Called for every committed change.
 * @returns {Promise<(value: string) => Promise<unknown>>} Resolves after the commit.
 */
export async function openPostgresStore(url, onValue) {
  const writer = new pg.Client({ connectionString: url });
  const listener = new pg.Client({ connectionString: url });
  await writer.connect();
  await listener.connect();
  await writer.query('create table bare (value text not null)');
  await writer.query(`insert into bare values ('')`);
  listener.on('notification', ({ payload }) => onValue(payload ?? ''));
  await listener.query('listen bare');
  const text = `with changed as (update bare set value = $1 returning value) select pg_notify('bare', value) from changed`;
  return (value) => writer.query({ name: 'change', text, values: [value] });
}
