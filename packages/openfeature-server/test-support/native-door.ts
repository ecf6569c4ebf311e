import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { checkBatch, checkReceipt, type ExposureBatch, type Receipt } from '@flaghoist/protocol/exposures';
import { mintSecret } from '@flaghoist/protocol/keys';
import {
  type Block,
  formatBlock,
  NATIVE_PATHS,
  ownRulesetPath,
  parseCursor,
  RULESET_MEDIA_TYPE,
} from '@flaghoist/protocol/ruleset';
import { type Edit, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';

export const KEY = mintSecret('server', new Uint8Array(40).fill(7), sha256).text;
/** Where an SDK with this key asks for its ruleset. */
export const OWN_RULESET = ownRulesetPath(KEY, sha256);

interface Refusal {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
}

/** A real HTTP server that speaks the native door for one environment, with faults that a test switches on and off. */
export class NativeDoor {
  environment: PublishedEnvironment;
  /** Answered instead of everything while set. */
  refusal: Refusal | null = null;
  /** How old rulesets say they are, as a cache in front would, in seconds. */
  age = 0;
  /** Whether requests are taken and never answered. */
  hang = false;
  /** Answered to exposures, one after the other; 202 when there is none. */
  readonly exposureAnswers: Refusal[] = [];
  readonly requests: string[] = [];
  readonly batches: ExposureBatch[] = [];
  readonly receipts: Receipt[] = [];
  readonly #prefix: string;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  #port = 0;

  private constructor(edits: readonly Edit[], prefix: string) {
    this.#prefix = prefix;
    this.environment = new PublishedEnvironment();
    this.environment.publish(edits);
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async open(edits: readonly Edit[], prefix = ''): Promise<NativeDoor> {
    const door = new NativeDoor(edits, prefix);
    await door.reopen();
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#prefix}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Listens, again on the same port after a `close`. */
  reopen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Cuts all connections and listens no more. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) {
        resolve();
        return;
      }
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  publish(edits: readonly Edit[]): void {
    const block = this.environment.publish(edits);
    for (const stream of this.#streams) stream.write(patchEvent(block));
  }

  /** Sends the head to every open stream, as a heartbeat does. */
  beat(): void {
    for (const stream of this.#streams) stream.write(this.#headEvent());
  }

  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://door');
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (this.hang) return;
    const unauthorized = request.headers.authorization === `Bearer ${KEY}` ? null : { status: 401 };
    const refusal = this.refusal ?? unauthorized;
    const path = url.pathname.slice(this.#prefix.length);
    if (refusal !== null) this.#refuse(response, refusal);
    else if (path === NATIVE_PATHS.ruleset || path === OWN_RULESET) this.#sendRuleset(request, response);
    else if (path === NATIVE_PATHS.stream) this.#openStream(url.searchParams.get('after') ?? '', response);
    else if (path === NATIVE_PATHS.exposures) await this.#takeExposures(request, response);
    else if (path === NATIVE_PATHS.receipts) await this.#takeReceipt(request, response);
    else this.#refuse(response, { status: 404 });
  }

  #refuse(response: ServerResponse, { status, headers = {} }: Refusal): void {
    response.writeHead(status, headers).end();
  }

  #sendRuleset(request: IncomingMessage, response: ServerResponse): void {
    const etag = `"${this.environment.headHash}"`;
    response.setHeader('age', this.age);
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    const { headText, entities } = this.environment.full();
    const gzip = String(request.headers['accept-encoding']).includes('gzip');
    const headers = { 'content-type': RULESET_MEDIA_TYPE, etag, ...(gzip ? { 'content-encoding': 'gzip' } : {}) };
    const text = formatBlock(headText, entities);
    response.writeHead(200, headers).end(gzip ? gzipSync(text) : text);
  }

  #openStream(after: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    const { epoch, revision } = this.environment.head;
    const cursor = parseCursor(after);
    if (cursor?.epoch !== epoch || cursor.revision > revision) response.write('event: reset\ndata:\n\n');
    else
      for (let next = cursor.revision + 1; next <= revision; next++)
        response.write(patchEvent(this.environment.patch(next)));
    response.write(this.#headEvent());
  }

  async #takeReceipt(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const check = checkReceipt(JSON.parse(await readText(request)));
    if (check.ok) this.receipts.push(check.receipt);
    response.writeHead(check.ok ? 202 : 400).end(check.ok ? '{"accepted":true,"spreadMs":0}' : check.message);
  }

  async #takeExposures(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const answer = this.exposureAnswers.shift();
    const check = checkBatch(JSON.parse(body));
    if (answer !== undefined) this.#refuse(response, answer);
    else if (!check.ok) this.#refuse(response, { status: 400 });
    else {
      this.batches.push(check.batch);
      response.writeHead(202).end();
    }
  }

  #headEvent(): string {
    return `event: head\ndata: ${this.environment.headText}\n\n`;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

function patchEvent(block: Block): string {
  const lines = formatBlock(block.headText, block.entities).slice(0, -1).split('\n');
  return `event: patch\nid: ${block.head.epoch}.${block.head.revision}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}
