/** An edge behind a real HTTP server on a free loopback port, and what tests ask it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientRequest, createServer, get, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventStreamParser, type ServerSentEvent } from '@flaghoist/client';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { createEdge, type Edge } from '../src/edge.ts';
import type { EdgeOptions } from '../src/edge-options.ts';
import type { RulesetSource } from '../src/replica/ruleset-source.ts';
import { MemoryLog, MemoryQueue } from './memory-bus.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
  /** Parsed, when it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
}

export class EdgeServer {
  readonly log: MemoryLog;
  readonly queue: MemoryQueue;
  readonly edge: Edge;
  readonly logLines: string[] = [];
  readonly spoolDir: string;
  readonly #server = createServer((request, response) => {
    if (!this.edge.handle(request, response)) response.writeHead(404).end('not of the edge');
  });
  #port = 0;

  private constructor(spoolDir: string, options: Partial<EdgeOptions>) {
    this.spoolDir = spoolDir;
    this.log = ('log' in options ? (options.log as MemoryLog | undefined) : undefined) ?? new MemoryLog();
    this.queue = (options.queue as MemoryQueue | undefined) ?? new MemoryQueue();
    const destination = { write: (line: string) => void this.logLines.push(line) };
    const { source, ...more } = options as Partial<EdgeOptions> & { readonly source?: RulesetSource };
    this.edge = createEdge({
      ...(source === undefined ? { log: this.log } : { source }),
      queue: this.queue,
      spoolDir,
      rulesetDir: null,
      logger: createLogger({ level: 'debug', name: 'edge', destination }),
      instance: randomBytes(16).toString('base64url'),
      confirmKey: () => Promise.resolve('unknown'),
      ...more,
    });
  }

  /** Listens; the edge is started by the caller, or by `started`. */
  static async create(options: Partial<EdgeOptions> = {}): Promise<EdgeServer> {
    const server = new EdgeServer(await mkdtemp(join(tmpdir(), 'flaghoist-edge-')), options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  static async started(options: Partial<EdgeOptions> = {}): Promise<EdgeServer> {
    const server = await EdgeServer.create(options);
    await server.edge.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await this.edge.stop();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.spoolDir, { recursive: true, force: true });
  }

  ask(method: string, path: string, { key, body, raw, headers }: Ask = {}): Promise<Answer> {
    const chunked = headers !== undefined && 'transfer-encoding' in headers;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const more = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...(payload === undefined || chunked ? {} : { 'content-length': Buffer.byteLength(payload) }),
    };
    return new Promise((resolve, reject) => {
      const asked = this.request(method, path, { headers: { ...more, ...headers } }, (response) => {
        readAnswer(response).then(resolve, reject);
      });
      asked.on('error', reject);
      asked.end(payload);
    });
  }

  request(
    method: string,
    path: string,
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ): ClientRequest {
    return request({ host: '127.0.0.1', port: this.#port, agent: false, method, path, ...options }, onResponse);
  }

  /** Opens a stream and hears it until `close`. */
  stream(path: string, headers: Record<string, string>): Promise<TestStream> {
    return new Promise((resolve, reject) => {
      const asked = get({ host: '127.0.0.1', port: this.#port, agent: false, path, headers }, (response) =>
        resolve(new TestStream(response)),
      );
      asked.on('error', reject);
    });
  }
}

export async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString();
  const isJson = /^application\/([\w.+-]+\+)?json/.test(response.headers['content-type'] ?? '');
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text, json };
}

export class TestStream {
  readonly response: IncomingMessage;
  readonly events: ServerSentEvent[] = [];
  bytes = 0;
  ended = false;
  readonly #waiting = new Set<() => void>();

  constructor(response: IncomingMessage) {
    this.response = response;
    const parser = createEventStreamParser((event) => this.events.push(event));
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.bytes += Buffer.byteLength(text);
      parser.push(text);
      this.#check();
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
      this.#check();
    });
  }

  /** Resolves once the condition holds; the test's own timeout bounds it. */
  until(condition: (stream: TestStream) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition(this)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  names(): readonly string[] {
    return this.events.map(({ event }) => event);
  }

  close(): void {
    this.response.destroy();
  }

  #check(): void {
    for (const check of this.#waiting) check();
  }
}

/** Waits for something that has no event of its own; the test's own timeout bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
