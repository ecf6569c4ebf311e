import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '../telemetry/index.ts';
import type { ServerTls } from '../tls/index.ts';
import { Connections } from './connections.ts';
import { DEFAULT_LIMITS, type ListenerLimits } from './listener-limits.ts';
import { formatRawProblem, type Problem, sendProblem } from './send-problem.ts';
import { clientProblem, createTlsServer } from './tls-server.ts';

/** Something that answers some requests. */
export interface Mount {
  /**
   * True: the request is its own, answered now or later. False: it did nothing with it. What it throws is logged and
   * answered with 500; what fails later it has to answer itself.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** It also answers who shows no certificate, where clients have to. */
  readonly forStrangers?: boolean;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked in this order for every request; the first that takes it has it. */
  readonly mounts: readonly Mount[];
  /** Answers what no mount took. */
  readonly fallback: (request: IncomingMessage, response: ServerResponse) => void;
  readonly logger: Logger;
  readonly limits?: Partial<ListenerLimits>;
  /** Absent: plain HTTP. */
  readonly tls?: ServerTls | undefined;
}

export interface Listener {
  /**
   * Resolves when connections are accepted. `url` is one that works on this machine. Rejects with an error that says
   * what to change when the address cannot be had.
   */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Accepts nothing new, closes connections without an open request, lets the others finish, and cuts what is left
   * after `deadlineMs`. Resolves when every connection is closed. Every call returns the same promise.
   */
  stop(deadlineMs: number): Promise<void>;
}

const INTERNAL: Problem = {
  status: 500,
  code: 'internal',
  title: 'The server failed',
  detail: 'The request failed inside the server. Its log says why.',
};

/** One HTTP server that serves everything a process offers on one port: plain, or over TLS alone. */
export function createListener(options: ListenerOptions): Listener {
  const { host, port, logger, tls } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connections = new Connections();
  let started = false;
  let stopping: Promise<void> | undefined;

  const http = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // Node looks for late requests only so often; its default of 30 s would triple the headers' deadline.
    connectionsCheckingInterval: Math.max(50, Math.min(2_000, limits.headersTimeoutMs, limits.requestTimeoutMs) / 2),
  };
  const server =
    tls === undefined
      ? createServer(http)
      : createTlsServer({ tls, http, handshakeTimeoutMs: limits.headersTimeoutMs });
  server.on('connection', (socket) => connections.add(socket));
  server.on('secureConnection', (socket) => connections.add(socket));
  server.on('request', (request, response) => {
    connections.begin(request.socket, response);
    if (stopping !== undefined) response.shouldKeepAlive = false;
    answer(options, limits, request, response);
  });
  // Node says so of idle connections too.
  server.on('timeout', (socket) => connections.timedOut(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    logger.debug({ code: error.code, reason: error.message }, 'a request could not be read');
    if (error.code === 'ECONNRESET' || !socket.writable || !connections.canRefuse(socket)) socket.destroy();
    else refuse(socket, unreadable(error.code, limits));
  });

  return {
    async start() {
      if (started || stopping) throw new Error('A listener is started once.');
      started = true;
      const taken = await listen(server, host, port);
      const watching = setInterval(() => connections.watchReaders(limits.answerStallMs), limits.answerStallMs / 2);
      server.once('close', () => clearInterval(watching));
      logger.info({ host, port: taken }, 'listening');
      return { url: `${tls === undefined ? 'http' : 'https'}://${urlHost(host)}:${taken}`, port: taken };
    },
    stop: (deadlineMs) => (stopping ??= close(server, connections, deadlineMs)),
  };
}

function answer(
  { mounts, fallback, logger, tls }: ListenerOptions,
  limits: ListenerLimits,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = request.url ?? '';
  if (url.length > limits.maxUrlLength) {
    const detail = `The path and query have ${url.length} characters; the limit is ${limits.maxUrlLength}.`;
    sendProblem(response, { status: 414, code: 'url_too_long', title: 'The address is too long', detail });
    return;
  }
  try {
    const stranger = tls?.current.clientCa === undefined ? null : clientProblem(request, new Date());
    for (const mount of mounts)
      if ((stranger === null || mount.forStrangers === true) && mount.handle(request, response)) return;
    if (stranger !== null) {
      sendProblem(response, stranger);
      return;
    }
    fallback(request, response);
  } catch (err) {
    logger.error({ err, req: request }, 'a request handler failed');
    sendProblem(response, INTERNAL);
  }
}

function unreadable(errorCode: string | undefined, limits: ListenerLimits): Problem {
  switch (errorCode) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const detail = `Headers have to arrive within ${limits.headersTimeoutMs} ms, the whole request within ${limits.requestTimeoutMs} ms.`;
      return { status: 408, code: 'request_timeout', title: 'The request came too slowly', detail };
    }
    case 'HPE_HEADER_OVERFLOW': {
      const detail = `The request line and headers are larger than ${limits.maxHeaderBytes} bytes.`;
      return { status: 431, code: 'headers_too_large', title: 'The headers are too large', detail };
    }
    default: {
      const detail = 'What was received is not an HTTP/1.1 request.';
      return { status: 400, code: 'request_malformed', title: 'The request is malformed', detail };
    }
  }
}

const LINGER_MS = 500;

/** Leaves the sender a moment to read why, because closing with unread input would take the answer back. */
function refuse(socket: Socket, problem: Problem): void {
  socket.end(formatRawProblem(problem));
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new Error(explainListen(error as NodeJS.ErrnoException, host, port), { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

function explainListen(error: NodeJS.ErrnoException, host: string, port: number): string {
  const another = 'choose another port (setting `port`; 0 takes any free one)';
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is already in use. Stop the program that uses it, or ${another}.`;
    case 'EACCES':
      return `This user may not listen on port ${port} of ${host}. Ports below 1024 often need more rights: ${another}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. Set \`host\` to one, e.g. 127.0.0.1, or 0.0.0.0 for all.`;
    case undefined:
    default:
      return `Cannot listen on port ${port} of ${host}: ${error.message}.`;
  }
}

/** Wildcard addresses stand for this machine, but not every client can connect to them. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function close(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connections.destroyAll(), deadlineMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    connections.closeAfterAnswers(() => server.closeIdleConnections());
  });
}
