/** A server over a fresh database, set up; and its end, after which nothing it logged was an error. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject } from 'vitest';
import { type DATABASE_KINDS, type DatabasePlace, makePlace } from './database-place.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from './running-server.ts';

export interface Started {
  readonly place: DatabasePlace;
  readonly server: RunningServerUnderTest;
  readonly admin: Hands;
}

/** A place for a server over a fresh database. */
export function placeFor(kind: (typeof DATABASE_KINDS)[number]): Promise<DatabasePlace> {
  return makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
}

export async function startOver(kind: (typeof DATABASE_KINDS)[number]): Promise<Started> {
  const place = await placeFor(kind);
  const server = await startOn(place);
  return { place, server, admin: await setUp(server) };
}

export async function stopCleanly({ place, server }: Pick<Started, 'place' | 'server'>): Promise<void> {
  expect(server.log.errors()).toEqual([]);
  await server.stop();
  await place.remove();
}
