/** An answer that goes on and on: server-sent events. */
import * as http from 'node:http';
import * as https from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import type { OutgoingTls } from '../tls/index.ts';
import { explainConnection } from './connection-problem.ts';

export interface TextStreamOptions {
  /** http: or https:. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Until the answer begins; after that whoever listens minds its silence. */
  readonly timeoutMs: number;
  /** What the answer has to be. */
  readonly mediaType: string;
  /** For https: absent, what Node believes. */
  readonly tls?: OutgoingTls | undefined;
  /** Keeps a process alive that has nothing else to do. */
  readonly keepsAlive?: boolean;
  readonly onOpen: () => void;
  /** Decoded text, cut anywhere. */
  readonly onText: (text: string) => void;
  /** The last call. */
  readonly onEnd: (ending: StreamEnding) => void;
}

export interface StreamEnding {
  /** Of an answer that was not 200; null: there was none, or what was open has ended. */
  readonly refused: { readonly status: number; readonly headers: http.IncomingHttpHeaders } | null;
  /** Connected, and then no answer began in time. */
  readonly unanswered: boolean;
  readonly message: string;
}

/** Calling what it returns ends the stream without a word. Redirects are not followed. */
export function openTextStream(options: TextStreamOptions): () => void {
  const { url, timeoutMs, mediaType, tls, onOpen, onText, onEnd } = options;
  const headers = { accept: mediaType, 'cache-control': 'no-cache', ...options.headers };
  const where = `GET ${new URL(url).pathname}`;
  const context = url.startsWith('https:') ? contextOf(tls) : {};
  if (context instanceof Error) {
    // Nobody is called back before they know how to end it.
    const timer = setImmediate(() =>
      onEnd({ refused: null, unanswered: false, message: `${where}: ${context.message}` }),
    );
    return () => clearImmediate(timer);
  }
  const outgoing = (url.startsWith('https:') ? https : http).get(url, { headers, ...context, agent: false });
  let over = false;
  let connected = false;
  const end = (ending: StreamEnding | null): void => {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    outgoing.destroy();
    if (ending !== null) onEnd(ending);
  };
  const fail = (message: string, more: Partial<StreamEnding> = {}): void =>
    end({ refused: null, unanswered: false, message: `${where}: ${message}`, ...more });
  const late = (): void => fail(`no answer within ${timeoutMs} ms.`, { unanswered: connected });
  const deadline = setTimeout(late, timeoutMs);
  if (options.keepsAlive !== true) deadline.unref();
  outgoing.on('socket', (socket) => {
    if (options.keepsAlive !== true) socket.unref();
    socket.on('connect', () => {
      connected = true;
    });
  });
  outgoing.on('error', (error) => fail(`${explainConnection(error)}.`));
  outgoing.on('response', (answer) => {
    if (over) return;
    clearTimeout(deadline);
    const status = answer.statusCode ?? 0;
    const type = answer.headers['content-type'] ?? 'none';
    if (status !== 200) {
      fail(`status ${status}.`, { refused: { status, headers: answer.headers } });
      return;
    }
    if (!type.startsWith(mediaType)) {
      fail(`the answer is no event stream (content-type ${type}).`);
      return;
    }
    onOpen();
    const decoder = new StringDecoder('utf8');
    answer.on('data', (bytes: Buffer) => {
      if (!over) onText(decoder.write(bytes));
    });
    answer.on('error', (error) => fail(error.message));
    answer.on('close', () => fail('the server ended the stream.'));
  });
  return () => end(null);
}

function contextOf(tls: OutgoingTls | undefined) {
  try {
    return tls?.use().context ?? {};
  } catch (error) {
    return error as Error;
  }
}
