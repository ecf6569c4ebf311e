/** One host, asked now and then what it is, over a connection of its own that is kept. */
import pg from 'pg';
import type { DatabaseHost } from './database-hosts.ts';
import { OperatorError } from './operator-error.ts';
import { readFacts, type ServerFacts } from './server-facts.ts';

/** `facts`, or `error`: why there are none. */
export type Answer =
  | { readonly host: DatabaseHost; readonly facts: ServerFacts; readonly error?: never }
  | { readonly host: DatabaseHost; readonly facts: null; readonly error: Error };

/** A connection or an answer that takes longer is given up, and begun anew when somebody asks. */
const GIVEN_UP_MS = 5_000;

export class HostProbe {
  readonly host: DatabaseHost;
  readonly #settings: pg.ClientConfig;
  #client: pg.Client | null = null;
  #asking: Promise<Answer> | null = null;

  constructor(host: DatabaseHost, settings: pg.ClientConfig) {
    this.host = host;
    this.#settings = settings;
  }

  /** Answers within `deadlineMs`. What comes later is there for whoever asks next: a slow host is not asked twice. */
  async ask(deadlineMs: number): Promise<Answer> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>((resolve) => {
      const error = new Error(`no answer within ${deadlineMs} ms`);
      timer = setTimeout(() => resolve({ host: this.host, facts: null, error }), deadlineMs);
    });
    return Promise.race([this.#asking, late]).finally(() => clearTimeout(timer));
  }

  stop(): void {
    this.#drop();
  }

  async #ask(): Promise<Answer> {
    try {
      return { host: this.host, facts: await readFacts(await this.#connected()) };
    } catch (error) {
      this.#drop();
      return { host: this.host, facts: null, error: error as Error };
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client !== null) return this.#client;
    const client = new pg.Client({
      ...this.#settings,
      connectionString: this.host.url,
      application_name: `${this.#settings.application_name ?? 'flaghoist'} watch`,
      connectionTimeoutMillis: GIVEN_UP_MS,
      query_timeout: GIVEN_UP_MS,
    });
    this.#client = client;
    const lost = (): void => {
      if (this.#client === client) this.#client = null;
    };
    client.on('error', lost).on('end', lost);
    await client.connect();
    return client;
  }

  /** Without a farewell, which a host that stands still would never read. */
  #drop(): void {
    const client = this.#client;
    this.#client = null;
    client?.connection.stream.destroy();
  }
}

/** An error that no other host makes good: the operator has to change something. */
export function isForOperator(answer: Answer): answer is Answer & { readonly error: Error } {
  const { error } = answer;
  if (error === undefined) return false;
  const code = 'code' in error ? String(error.code) : '';
  return error instanceof OperatorError || (/^(28|3D|42)/.test(code) && code.length === 5);
}
