import { createDatabase } from '@flaghoist/testkit/postgres';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { inject } from 'vitest';
import { type BusUnderTest, busContract } from '../contract/index.ts';
import type { BusTables } from './bus-tables.ts';
import { createPostgresBus, type PostgresBus } from './postgres-bus.ts';
import type { Listen } from '../wake-channel.ts';

const hearNothing: Listen = () => Promise.resolve(() => Promise.resolve());

interface Member {
  readonly bus: PostgresBus;
  close(): Promise<void>;
}

/** A bus as one process has it: its own pool and its own listening connection. */
async function startMember(url: string, deaf: boolean): Promise<Member> {
  const pool = new Pool({ connectionString: url, max: 5 });
  const db = new Kysely<BusTables>({ dialect: new PostgresDialect({ pool }) });
  const listener = new Client({ connectionString: url });
  await listener.connect();
  const listen: Listen = async (channel, wake) => {
    const onNotification = (message: { readonly channel: string; readonly payload?: string | undefined }): void => {
      if (message.channel === channel) wake(message.payload ?? '');
    };
    listener.on('notification', onNotification);
    await listener.query(`listen ${channel}`);
    return async () => {
      listener.off('notification', onNotification);
      await listener.query(`unlisten ${channel}`);
    };
  };
  const bus = createPostgresBus({ db, listen: deaf ? hearNothing : listen, logger: { error() {} } });
  return {
    bus,
    async close() {
      await bus.stop();
      await listener.end();
      await db.destroy();
    },
  };
}

async function make(): Promise<BusUnderTest> {
  const database = await createDatabase(inject('flaghoistPostgresUrl'), { migrated: true });
  const members = [await startMember(database.url, false)];
  const [{ bus }] = members as [Member];
  return {
    log: bus.log,
    queue: bus.queue,
    async join({ deaf }) {
      const member = await startMember(database.url, deaf);
      members.push(member);
      return member.bus;
    },
    async close() {
      for (const member of members) await member.close();
      await database.drop();
    },
  };
}

busContract('PostgreSQL', make);
