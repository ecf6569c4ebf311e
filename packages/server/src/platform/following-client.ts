/** A connection to whichever host takes writes when it is made; it is left when another one does. */
import pg from 'pg';
import type { DatabaseHost } from './database-hosts.ts';
import type { Primary } from './primary.ts';

/** A class as pg.Pool wants it. `hostOf` is asked at each new connection. */
export function createFollowingClient(primary: Primary): typeof pg.Client {
  return class extends pg.Client {
    readonly #host: DatabaseHost;

    constructor(config?: string | pg.ClientConfig) {
      const { host } = primary;
      super({ ...(typeof config === 'string' ? {} : config), connectionString: host.url });
      this.#host = host;
      // It may end while it is looked at, before whoever wanted it listens; the query that waits is told as well.
      this.on('error', () => undefined);
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
    override connect(callback?: ((error: Error) => void) | ((error: null, client: pg.Client) => void)) {
      const connecting = this.#connect();
      if (callback === undefined) return connecting;
      const call = callback as (error: Error | null, client?: pg.Client) => void;
      connecting.then(
        () => call(null, this),
        (error: Error) => call(error),
      );
      return undefined;
    }

    async #connect(): Promise<pg.Client> {
      primary.track(this, this.#host);
      try {
        await super.connect();
      } catch (error) {
        primary.lost(this.#host);
        throw error;
      }
      try {
        await primary.admit(this, this.#host);
        return this;
      } catch (error) {
        // Nobody else knows of it yet.
        this.connection.stream.destroy();
        throw error;
      }
    }
  };
}
