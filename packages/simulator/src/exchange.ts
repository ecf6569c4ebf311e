/** One request and its answer in memory, in the shapes in which node:http hands them to a door. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** What a server says, in order; `onEnd` is the last. */
export interface Answering {
  readonly onHead: (status: number, headers: { readonly [name: string]: string }) => void;
  readonly onChunk: (chunk: Buffer) => void;
  readonly onEnd: () => void;
}

export function requestOf({ method, url, headers, body }: Asked, address: string): IncomingMessage {
  const source = Readable.from(body === '' ? [] : [Buffer.from(body)]);
  return Object.assign(source, {
    method,
    url,
    headers,
    socket: { remoteAddress: address },
  }) as unknown as IncomingMessage;
}

type HeaderList = { readonly [name: string]: unknown } | readonly unknown[];

/** As much of a ServerResponse as the doors use. */
export class SimulatedResponse extends EventEmitter {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  useChunkedEncodingByDefault = true;
  /** What the reader leaves unread: its end of the wire is emptied by the network. */
  writableLength = 0;
  readonly socket: {
    readonly write: (chunk: Buffer) => boolean;
    readonly cork: () => void;
    readonly uncork: () => void;
    readonly writable: boolean;
  };
  readonly #answering: Answering;
  readonly #headers = new Map<string, string>();

  constructor(answering: Answering) {
    super();
    this.#answering = answering;
    const write = (chunk: Buffer): boolean => this.write(chunk);
    this.socket = { write, cork: () => undefined, uncork: () => undefined, writable: true };
  }

  asServerResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  setHeader(name: string, value: unknown): this {
    this.#headers.set(name.toLowerCase(), String(value));
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  writeHead(status: number, headers: HeaderList = {}): this {
    this.statusCode = status;
    if (Array.isArray(headers))
      for (let i = 0; i + 1 < headers.length; i += 2) this.setHeader(String(headers[i]), headers[i + 1]);
    else for (const [name, value] of Object.entries(headers)) this.setHeader(name, value);
    return this;
  }

  flushHeaders(): void {
    if (this.headersSent || this.destroyed) return;
    this.headersSent = true;
    this.#answering.onHead(this.statusCode, Object.fromEntries(this.#headers));
  }

  cork(): void {
    this.flushHeaders();
  }

  uncork(): void {
    this.flushHeaders();
  }

  write(chunk: Buffer | string): boolean {
    if (this.writableEnded || this.destroyed) return false;
    this.flushHeaders();
    this.#answering.onChunk(Buffer.from(chunk));
    return true;
  }

  end(chunk?: Buffer | string): this {
    if (this.writableEnded || this.destroyed) return this;
    this.flushHeaders();
    if (chunk !== undefined && chunk.length > 0) this.write(chunk);
    this.writableEnded = true;
    this.#answering.onEnd();
    this.#close();
    return this;
  }

  /** Also what the network calls when the reader has gone. */
  destroy(): this {
    if (this.destroyed) return this;
    if (!this.writableEnded) this.#answering.onEnd();
    this.#close();
    return this;
  }

  #close(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}
