/** The bus over a database. */
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../platform/database.ts';

/** `logger` absent: whoever has no server around it. */
export function createBus(database: Database, logger?: Logger): PostgresBus {
  return createPostgresBus({
    db: database.db,
    listen: (channel, wake) => database.listen(channel, wake),
    ...(logger === undefined ? {} : { logger }),
  });
}
