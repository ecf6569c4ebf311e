import * as http from 'node:http';
import * as https from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { createEventStreamParser, type ServerSentEvent } from '@flaghoist/client';
import type { OutgoingTls } from '@flaghoist/runtime/tls';
import { type ExchangeAnswer, describeFailure } from './exchange.ts';

export interface StreamRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  /** Nothing received for so long means that the connection is dead. Milliseconds. */
  readonly silenceMs: number;
  readonly onEvent: (event: ServerSentEvent) => void;
  /** Absent: with whom Node believes. */
  readonly tls?: OutgoingTls | undefined;
}

export type StreamEnd =
  /** The stream ended or never opened. `opened`: it had been accepted. */
  | { readonly kind: 'lost'; readonly opened: boolean; readonly message: string }
  | { readonly kind: 'stopped' }
  /** An answer other than 200 with an event stream. */
  | { readonly kind: 'refused'; readonly answer: ExchangeAnswer };

const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Follows one event stream until it ends, for whatever reason. Never rejects. */
export function followStream(stream: StreamRequest): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const url = new URL(stream.url);
    const options = { headers: stream.headers, agent: false } as const;
    const outgoing =
      url.protocol === 'https:'
        ? https.request(url, { ...options, ...stream.tls?.use().context })
        : http.request(url, options);
    let opened = false;
    const end = (result: StreamEnd): void => {
      stream.signal.removeEventListener('abort', stop);
      outgoing.destroy();
      resolve(result);
    };
    const lost = (message: string): void => end({ kind: 'lost', opened, message });
    const stop = (): void => end({ kind: 'stopped' });
    outgoing.on('error', (error) => lost(describeFailure(error).message));
    if (stream.signal.aborted) {
      stop();
      return;
    }
    stream.signal.addEventListener('abort', stop, { once: true });
    outgoing.setTimeout(stream.silenceMs, () => lost(`nothing was heard for ${stream.silenceMs / 1_000} s.`));
    outgoing.on('response', (incoming) => {
      const isStream = /^text\/event-stream\b/i.test(incoming.headers['content-type'] ?? '');
      if (incoming.statusCode !== 200 || !isStream) {
        readRefusal(incoming, (answer) => end({ kind: 'refused', answer }), lost);
        return;
      }
      opened = true;
      readEvents(incoming, stream.onEvent, lost);
    });
    outgoing.end();
  });
}

function readEvents(
  incoming: http.IncomingMessage,
  onEvent: (event: ServerSentEvent) => void,
  lost: (message: string) => void,
): void {
  const decoder = new StringDecoder('utf8');
  const parser = createEventStreamParser(onEvent);
  incoming.on('data', (chunk: Buffer) => {
    if (!parser.push(decoder.write(chunk))) lost('an event is too large.');
  });
  incoming.on('error', (error) => lost(describeFailure(error).message));
  incoming.on('close', () => lost('the server ended the stream.'));
}

function readRefusal(
  incoming: http.IncomingMessage,
  done: (answer: ExchangeAnswer) => void,
  lost: (message: string) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_REFUSAL_BYTES) chunks.push(chunk);
    else lost('its refusal is too large.');
  });
  incoming.on('error', (error) => lost(describeFailure(error).message));
  incoming.on('end', () => {
    const headers = { 'retry-after': incoming.headers['retry-after'], location: incoming.headers.location };
    done({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
  });
}
