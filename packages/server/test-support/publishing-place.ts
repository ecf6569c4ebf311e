/** A database with its modules, and the publishers that a test starts over it. */
import type { Modules } from '../src/modules.ts';
import type { Database } from '../src/platform/database.ts';
import { type Author, createAuthor } from './author.ts';
import { type CapturedLog, captureLog } from './captured-log.ts';
import { type DatabaseKind, openModules } from './database-place.ts';
import { type Member, type StartedWith, startMember } from './publishing-member.ts';
import { placeFor } from './started.ts';

export interface PublishingPlace {
  readonly captured: CapturedLog;
  readonly database: Database;
  readonly modules: Modules;
  readonly author: Author;
  start(options?: StartedWith): Promise<Member>;
  stop(member: Member): Promise<void>;
  /** Stops whichever still run. */
  stopAll(): Promise<void>;
  close(): Promise<void>;
}

export async function openPublishing(kind: DatabaseKind): Promise<PublishingPlace> {
  const captured = captureLog();
  const place = await placeFor(kind);
  const { database, modules } = await openModules(place, captured.logger, () => new Date());
  const members = new Set<Member>();

  async function stop(member: Member): Promise<void> {
    members.delete(member);
    await member.stop();
  }

  return {
    captured,
    database,
    modules,
    author: createAuthor(modules),
    async start(options) {
      const member = await startMember(database, modules.changes, captured, options);
      members.add(member);
      return member;
    },
    stop,
    async stopAll() {
      await Promise.all(Array.from(members, stop));
    },
    async close() {
      await database.close();
      await place.remove();
    },
  };
}
