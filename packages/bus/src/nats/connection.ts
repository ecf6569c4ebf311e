/** One connection to the NATS servers, made anew for ever, whose every request has a deadline. */
import { setMaxListeners } from 'node:events';
import {
  connect,
  type ConnectionOptions,
  errors,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription as Subscribed,
} from '@nats-io/transport-node';
import { authenticateByFile, loginOf } from './login.ts';

/** No answer came that could be trusted: nobody knows whether the request was carried out. Asking again may help. */
export class NatsUnavailable extends Error {
  override readonly name = 'NatsUnavailable';
}

/** Nobody listens on the subject: for JetStream, there is no such stream or consumer, or it is off. */
export class NobodyThere extends NatsUnavailable {}

export interface ServerFacts {
  readonly version: string;
  /** As it calls itself. */
  readonly server: string;
  /** Null: a server by itself. */
  readonly cluster: string | null;
  readonly maxPayloadBytes: number;
}

export interface NatsConnectionOptions {
  /** `nats://[user[:password]@]host[:port]`, or `tls://` for TLS. Without a password the user is a token. */
  readonly servers: readonly string[];
  /** As the servers list it. */
  readonly name: string;
  readonly tls: NonNullable<ConnectionOptions['tls']> | null;
  /** File with credentials, instead of a user in the address. */
  readonly credentialsFile: string | null;
  /** Told what goes wrong, once for each time that it begins. */
  readonly onError: (error: unknown, message: string) => void;
  readonly random: () => number;
}

export interface NatsSubscription {
  /** Resolves when the server knows of it. Rejects with NatsUnavailable when there is no connection now: it is made with the next. */
  readonly heard: Promise<void>;
  end(): void;
}

interface Hearing {
  readonly subject: string;
  /** Called with nothing when a connection came back: what was said meanwhile was not heard. */
  readonly hear: (message: Msg | null) => void;
  subscribed: Subscribed | null;
}

const DIAL_MS = 3_000;
/** A connection on which nothing comes back is given up after two of these. */
const PING_MS = 4_000;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
const STOP_MS = 2_000;
/** How long a question is still waited for once somebody wants to stop. */
const HURRIED_MS = 1_000;

export class Connection {
  readonly #options: NatsConnectionOptions;
  readonly #hearings = new Set<Hearing>();
  readonly #breaks = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<void>;
  readonly #stopping = new AbortController();
  readonly #hurrying = new AbortController();
  #connection: NatsConnection | null = null;
  #isUp = false;
  #breakCount = 0;
  #facts: ServerFacts | null = null;

  constructor(options: NatsConnectionOptions) {
    this.#options = options;
    // Each request under way listens to it.
    setMaxListeners(0, this.#hurrying.signal);
    this.#ended = this.#run();
  }

  /** What the server said when it was last connected to; null: not yet. */
  get facts(): ServerFacts | null {
    return this.#facts;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** How often a connection was lost. */
  get breakCount(): number {
    return this.#breakCount;
  }

  /** Aborted when the connection was stopped. */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborted when nothing should be tried again, and nobody be waited for who is not there. */
  get hurried(): AbortSignal {
    return this.#hurrying.signal;
  }

  /** From now on what needs a server that does not answer rejects within a second. What is answered goes on. */
  hurry(): void {
    this.#hurrying.abort();
    for (const wake of this.#waiting) wake();
  }

  /** Calls back whenever a connection was lost: what was read over it may be undone by what the servers lost. */
  onBreak(forget: () => void): void {
    this.#breaks.add(forget);
  }

  /** Resolves when there is a connection. Rejects with NatsUnavailable after `ms`. */
  async up(ms: number): Promise<NatsConnection> {
    if (!this.#isUp && !this.hurried.aborted) await this.#comesUp(ms);
    if (this.#connection === null || !this.#isUp) throw new NatsUnavailable('There is no connection to NATS.');
    return this.#connection;
  }

  /**
   * One answer within `ms`, which include waiting for a connection. Rejects with NatsUnavailable, or NobodyThere.
   * `breakCount`: it is not asked when a connection was lost since the count was that.
   */
  async request(
    subject: string,
    body: Uint8Array | string,
    ms: number,
    { headers, breakCount = this.#breakCount }: { readonly headers?: MsgHdrs; readonly breakCount?: number } = {},
  ): Promise<Msg> {
    const begun = performance.now();
    const connection = await this.up(ms);
    if (breakCount !== this.#breakCount) throw new NatsUnavailable('The connection broke.');
    const timeout = Math.max(1, ms - (performance.now() - begun));
    try {
      const answer = connection.request(subject, body, { timeout, ...(headers === undefined ? {} : { headers }) });
      return await this.#notLate(answer, subject);
    } catch (error) {
      throw explain(error, subject);
    }
  }

  hear(subject: string, hear: (message: Msg | null) => void): NatsSubscription {
    const hearing: Hearing = { subject, hear, subscribed: null };
    this.#hearings.add(hearing);
    return {
      heard: this.#subscribe(hearing),
      end: () => {
        this.#hearings.delete(hearing);
        if (this.#isUp) hearing.subscribed?.unsubscribe();
      },
    };
  }

  /** Ends the connection. What is under way is rejected. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.hurry();
    const connection = this.#connection;
    if (connection !== null) await within(STOP_MS, connection.close());
    await within(DIAL_MS + STOP_MS, this.#ended);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.stopped.aborted) {
      try {
        const connection = await connect(this.#connectOptions());
        failures = 0;
        await this.#serve(connection);
      } catch (error) {
        failures += 1;
        if (failures === 1 && !this.stopped.aborted)
          this.#options.onError(error, 'There is no connection to NATS. It is tried again until there is.');
        await this.#pause(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(failures, 10)));
      }
    }
  }

  #connectOptions(): ConnectionOptions {
    const { servers, name, tls, credentialsFile, random } = this.#options;
    const addresses = servers.map((server) => new URL(server.includes('://') ? server : `nats://${server}`));
    const [first] = addresses;
    const login = credentialsFile === null ? loginOf(first) : { authenticator: authenticateByFile(credentialsFile) };
    const wantsTls = tls !== null || addresses.some(({ protocol }) => protocol === 'tls:');
    return {
      servers: addresses.map(({ host }) => host),
      name,
      ...login,
      ...(wantsTls ? { tls: tls ?? {} } : {}),
      timeout: DIAL_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
      maxReconnectAttempts: -1,
      // A password that is changed on both sides is refused for a while.
      ignoreAuthErrorAbort: true,
      reconnectDelayHandler: () => RETRY_MS * (0.5 + random()),
      noAsyncTraces: true,
    };
  }

  /** Resolves when the connection is closed for good. */
  async #serve(connection: NatsConnection): Promise<void> {
    this.#connection = connection;
    if (this.stopped.aborted) return connection.close();
    for (const hearing of this.#hearings) hearing.subscribed = null;
    this.#opened(connection);
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#broken();
      else if (status.type === 'reconnect') this.#opened(connection);
    }
    await connection.closed();
    this.#broken();
    this.#connection = null;
    return undefined;
  }

  #opened(connection: NatsConnection): void {
    const { info } = connection;
    if (info !== undefined)
      this.#facts = {
        version: info.version,
        server: info.server_name,
        cluster: info.cluster ?? null,
        maxPayloadBytes: info.max_payload,
      };
    this.#isUp = true;
    for (const hearing of this.#hearings) {
      this.#subscribe(hearing).catch(() => undefined);
      hearing.hear(null);
    }
    for (const wake of this.#waiting) wake();
  }

  #broken(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#breakCount += 1;
    for (const forget of this.#breaks) forget();
    if (!this.stopped.aborted)
      this.#options.onError(new NatsUnavailable('The connection broke.'), 'NATS is away. It is connected to again.');
  }

  async #subscribe(hearing: Hearing): Promise<void> {
    const connection = await this.up(0);
    // The client makes its own subscriptions again on a new connection.
    if (hearing.subscribed !== null) return;
    hearing.subscribed = connection.subscribe(hearing.subject, {
      callback: (error, message) => {
        if (error === null) hearing.hear(message);
      },
    });
    await within(DIAL_MS, connection.flush());
  }

  #comesUp(ms: number): Promise<void> {
    return this.#pause(ms, () => this.#isUp || this.hurried.aborted);
  }

  /** Rejects with NatsUnavailable a second after somebody wanted to stop. */
  #notLate<T>(answer: Promise<T>, subject: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const { hurried } = this;
      let timer: NodeJS.Timeout | undefined;
      const hurry = (): void => {
        const late = new NatsUnavailable(`No answer on ${subject} before the stop.`);
        timer = setTimeout(() => reject(late), HURRIED_MS);
      };
      if (hurried.aborted) hurry();
      else hurried.addEventListener('abort', hurry);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        hurried.removeEventListener('abort', hurry);
      });
    });
  }

  /** Resolves after `ms`, when the connection stopped, or when a connection came and the condition holds. */
  #pause(ms: number, condition: () => boolean = () => false): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (this.stopped.aborted || condition()) end();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(look);
      look();
    });
  }
}

function explain(error: unknown, subject: string): unknown {
  if (error instanceof errors.RequestError && error.isNoResponders())
    return new NobodyThere(`Nobody answers on ${subject}.`, { cause: error });
  if (error instanceof errors.TimeoutError) return new NatsUnavailable(`No answer in time on ${subject}.`);
  const isClosed =
    error instanceof errors.ClosedConnectionError ||
    error instanceof errors.ConnectionError ||
    error instanceof errors.DrainingConnectionError ||
    error instanceof errors.RequestError;
  return isClosed
    ? new NatsUnavailable(`The connection ended before an answer on ${subject}.`, { cause: error })
    : error;
}

/** Resolves when the work has settled, or after `ms`. */
function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
