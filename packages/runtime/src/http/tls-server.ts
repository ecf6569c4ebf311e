/** What TLS adds to a listener: plain HTTP is told so, and clients have to show a certificate where that is asked for. */
import type { IncomingMessage } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { ServerCertificate, ServerTls } from '../tls/index.ts';
import { formatRawProblem, type Problem } from './send-problem.ts';

export interface TlsServerOptions {
  readonly tls: ServerTls;
  readonly http: ServerOptions;
  /** From the opening of a connection to the end of its handshake. */
  readonly handshakeTimeoutMs: number;
}

/** The first byte of a TLS record that holds a handshake. */
const HANDSHAKE = 0x16;
const LETTER = /[A-Za-z]/;
const LINGER_MS = 500;
const PLAIN: Problem = {
  status: 400,
  code: 'tls_needed',
  title: 'This port speaks TLS',
  detail: 'What came was plain HTTP. Use an address that begins with https://. Nothing is answered without TLS.',
};

/** Certificates are exchanged without touching connections that are open. */
export function createTlsServer({ tls, http, handshakeTimeoutMs }: TlsServerOptions): Server {
  const contextOf = ({ cert, key, clientCa }: ServerCertificate) => ({
    cert,
    key,
    minVersion: 'TLSv1.2' as const,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  });
  const server = createServer({
    ...http,
    ...contextOf(tls.current),
    handshakeTimeout: handshakeTimeoutMs,
    requestCert: tls.current.clientCa !== undefined,
    // Refused by `clientProblem`, with a reason: Node would cut the connection without a word.
    rejectUnauthorized: false,
  });
  tls.onChange((certificate) => server.setSecureContext(contextOf(certificate)));
  greet(server, handshakeTimeoutMs);
  return server;
}

/** Puts itself before TLS: looks at the first byte, which in plain HTTP is a letter, and gives it back. */
function greet(server: Server, timeoutMs: number): void {
  const shakeHands = server.listeners('connection') as ((socket: Socket) => void)[];
  const silent = new Set<Socket>();
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const done = (): void => {
      silent.delete(socket);
      clearTimeout(timer);
    };
    socket.on('error', () => socket.destroy());
    socket.once('close', done);
    socket.once('data', (bytes: Buffer) => {
      done();
      socket.pause();
      const first = bytes[0] ?? 0;
      if (first !== HANDSHAKE && LETTER.test(String.fromCharCode(first))) {
        refusePlain(socket);
        return;
      }
      socket.unshift(bytes);
      for (const listener of shakeHands) listener.call(server, socket);
    });
  });
  server.once('close', () => silent.clear());
}

function refusePlain(socket: Socket): void {
  socket.end(formatRawProblem(PLAIN));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

interface Shown {
  /** Null: it is good until `notAfter`. */
  readonly problem: Problem | null;
  readonly notAfter: Date;
}

/** Reading a certificate costs more than answering most requests, so it is done once a connection. */
const shownOn = new WeakMap<Socket, Shown>();

/** Why whoever sent a request is not served; null: the certificate they have shown is good. */
export function clientProblem({ socket }: IncomingMessage, now: Date): Problem | null {
  let shown = shownOn.get(socket);
  if (shown === undefined) {
    shown = readShown(socket as TLSSocket);
    shownOn.set(socket, shown);
  }
  // A connection may outlive the certificate that it was made with.
  return shown.problem ?? (now > shown.notAfter ? refused(`expired on ${shown.notAfter.toISOString()}`) : null);
}

/** Asks for the certificate itself, too: Node takes a resumed connection for authorized that never had one. */
function readShown(socket: TLSSocket): Shown {
  const { raw, valid_to: to = '' } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const notAfter = new Date(to);
  if (raw === undefined) return { problem: MISSING, notAfter };
  return { problem: socket.authorized ? null : refused(String(socket.authorizationError)), notAfter };
}

const MISSING = refusal(
  'client_certificate_needed',
  'Connect with a certificate of an authority that this server believes.',
);

function refused(why: string): Problem {
  return refusal(
    'client_certificate_refused',
    `The certificate that this connection was made with is not good: ${why}.`,
  );
}

function refusal(code: string, detail: string): Problem {
  return { status: 400, code, title: 'A client certificate is needed', detail, headers: { connection: 'close' } };
}
