/** Whom a client of ours believes, and what it shows of itself, when the system's authorities are not the right ones. */
import { createHash } from 'node:crypto';
import { Agent } from 'node:https';
import { createSecureContext } from 'node:tls';
import { rereadFiles } from '../files/index.ts';
import { CertificateError, checkAuthorities, parseCertificate, parseKey, readPem } from './server-certificate.ts';

/** Each is text in PEM, or the path of a file with it, which is read again when it changes. */
export interface OutgoingTlsSources {
  /** Authorities; absent: those that Node knows, and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string | undefined;
  /** What is shown to servers that ask for it, with its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface OutgoingTlsOptions {
  readonly sources: OutgoingTlsSources;
  readonly onChange?: () => void;
  /** New files cannot be used and the old ones stay: once for each reason. */
  readonly onRefused?: (problem: string) => void;
  /** Absent: as `rereadFiles`. */
  readonly everyMs?: number;
}

/** PEM, for a connection of one request's own. */
export interface OutgoingContext {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface OutgoingTls {
  /** Why nothing can be sent; null: it can. Changes with the files. */
  readonly problem: string | null;
  /** Throws CertificateError while there is a problem: nothing is sent with less than what was asked for. */
  use(): { readonly agent: Agent; readonly context: OutgoingContext };
  stop(): void;
}

interface Loaded {
  readonly context: OutgoingContext;
  readonly identity: string;
}

const MARK = '-----BEGIN ';

/** Never rejects: `problem` says what is wrong, and it is looked at again. */
export async function openOutgoingTls(options: OutgoingTlsOptions): Promise<OutgoingTls> {
  const load = () => loadContext(options.sources);
  let problem: string | null = null;
  let loaded = await load().catch((error: Error) => {
    problem = error.message;
    return null;
  });
  let agent = createAgent(loaded?.context ?? {});
  const { everyMs } = options;
  const reread = rereadFiles<Loaded | null>(loaded, {
    load,
    identify: (one) => one?.identity ?? '',
    onChange(next) {
      retire(agent);
      agent = createAgent(next?.context ?? {});
      loaded = next;
      problem = null;
      options.onChange?.();
    },
    onRefused(why) {
      if (loaded === null) problem = why;
      options.onRefused?.(why);
    },
    ...(everyMs === undefined ? {} : { everyMs }),
  });
  return {
    get problem() {
      return problem;
    },
    use() {
      if (loaded === null) throw new CertificateError(problem ?? 'There is nothing to connect with.');
      return { agent, context: loaded.context };
    },
    stop() {
      reread.stop();
      retire(agent);
    },
  };
}

async function loadContext({ ca, cert, key }: OutgoingTlsSources): Promise<Loaded> {
  if ((cert === undefined) !== (key === undefined))
    throw new CertificateError('A client certificate needs both its parts, certificate and key.');
  const context: OutgoingContext = {
    ...(ca === undefined ? {} : { ca: await textOf(ca, 'authority') }),
    ...(cert === undefined ? {} : { cert: await textOf(cert, 'certificate') }),
    ...(key === undefined ? {} : { key: await textOf(key, 'private key') }),
  };
  if (context.ca !== undefined) checkAuthorities(context.ca, nameOf(ca));
  if (context.cert !== undefined && context.key !== undefined) {
    const leaf = parseCertificate(context.cert, nameOf(cert));
    if (!leaf.checkPrivateKey(parseKey(context.key, nameOf(key))))
      throw new CertificateError(
        `The private key in ${nameOf(key)} is not that of the certificate in ${nameOf(cert)}.`,
      );
  }
  try {
    createSecureContext(context);
  } catch (error) {
    throw new CertificateError(`What is in ${nameOf(cert ?? ca)} cannot be used: ${(error as Error).message}.`);
  }
  const identity = createHash('sha256').update(JSON.stringify(context)).digest('base64url');
  return { context, identity };
}

async function textOf(source: string, what: string): Promise<string> {
  return source.includes(MARK) ? source : readPem(source, what);
}

/** For messages: a text in PEM is no name, and may be a key. */
function nameOf(source: string | undefined): string {
  return source === undefined || source.includes(MARK) ? 'the text that was given' : source;
}

/** Sessions are not resumed: what is resumed is not checked again, and outlives the certificate it began with. */
function createAgent(context: OutgoingContext): Agent {
  return new Agent({ ...context, keepAlive: true, maxFreeSockets: 16, maxCachedSessions: 0 });
}

/** Requests that are under way end as they began; nothing is kept for later ones. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
