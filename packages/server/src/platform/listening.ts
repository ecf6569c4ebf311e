/** LISTEN, on a connection of its own to the host that takes writes. */
import type pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';

const RECONNECT_MS = 500;

interface ListeningDeps {
  /** Resolves when there is a host to connect to. */
  readonly find: () => Promise<unknown>;
  /** A connection that is not made yet. */
  readonly open: () => pg.Client;
}

/** A connection of its own that comes back after every loss, and wakes once when it does, since it may have missed something. */
export function keepListening(
  { find, open }: ListeningDeps,
  channel: string,
  wake: (hint: string) => void,
  logger: Logger,
): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    let next: pg.Client | null = null;
    let isLost = false;
    const lost = (error?: Error): void => {
      if (isLost) return;
      isLost = true;
      if (client === next) client = null;
      if (stopped) return;
      if (error) logger.warn({ channel, error: error.message }, 'database: the notification connection was lost');
      clearTimeout(timer);
      timer = setTimeout(() => void connect(), RECONNECT_MS);
    };
    try {
      await find();
      if (stopped) return;
      next = open();
      next.on('error', lost);
      next.on('end', () => lost());
      next.on('notification', ({ payload }) => wake(payload ?? ''));
      await next.connect();
      await next.query(`listen "${channel}"`);
      if (isLost) return;
      client = next;
      if (stopped) await next.end();
      else wake('');
    } catch (error) {
      lost(error as Error);
    }
  };
  void connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end();
  };
}
