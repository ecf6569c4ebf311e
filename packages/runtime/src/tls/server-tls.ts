/** The certificate of a listener while it runs: read again when its files change, and watched as it grows old. */
import { rereadFiles } from '../files/index.ts';
import type { Logger } from '../telemetry/index.ts';
import {
  CertificateError,
  readServerCertificate,
  type ServerCertificate,
  type ServerCertificateFiles,
  validityProblem,
} from './server-certificate.ts';

export interface ServerTls {
  readonly current: ServerCertificate;
  /** Called with each that takes the place of the one before, for connections from then on. */
  onChange(listener: (certificate: ServerCertificate) => void): void;
  status(): CertificateStatus;
  stop(): void;
}

export interface CertificateStatus {
  /** RFC 3339. */
  readonly notAfter: string;
  /** It has expired or soon will; files that were to take its place cannot be used. Null: all is well. */
  readonly problem: string | null;
}

export interface ServerTlsOptions {
  readonly files: ServerCertificateFiles;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Absent: as `rereadFiles`. */
  readonly everyMs?: number;
}

/** Said from here on: half the time that is left when certificates for 90 days are renewed as is usual, a fifth of shorter ones. */
const SOON_MS = 14 * 86_400_000;
const SOON_PART = 0.2;
const AGE_EVERY_MS = 1_000;
const REPEAT_MS = 3_600_000;

/** Rejects with CertificateError when the files cannot be used, also because the certificate has expired: nobody could connect. */
export async function openServerTls({ files, logger, now, everyMs }: ServerTlsOptions): Promise<ServerTls> {
  const load = async (): Promise<ServerCertificate> => {
    const certificate = await readServerCertificate(files);
    const problem = validityProblem(certificate, files.cert, now());
    if (problem !== null) throw new CertificateError(problem);
    return certificate;
  };
  const listeners = new Set<(certificate: ServerCertificate) => void>();
  let current = await load();
  const reread = rereadFiles(current, {
    load,
    // One in use that expires is a matter of age: said below, and louder.
    identify: ({ identity }) => identity,
    onChange(certificate) {
      for (const listener of listeners) listener(certificate);
      current = certificate;
      logger.info({ file: files.cert, notAfter: certificate.notAfter }, 'tls: a new certificate is used from now on');
    },
    onRefused(problem) {
      if (problem !== expired()) logger.error({ problem }, 'tls: the new files cannot be used; the old ones stay');
    },
    ...(everyMs === undefined ? {} : { everyMs }),
  });
  const expired = (): string | null => validityProblem(current, files.cert, now());
  const aging = watchAge(() => expired() ?? soonProblem(current, files.cert, now()), expired, logger, now);
  return {
    get current() {
      return current;
    },
    onChange: (listener) => void listeners.add(listener),
    status() {
      const problem = expired() ?? reread.problem ?? soonProblem(current, files.cert, now());
      return { notAfter: current.notAfter.toISOString(), problem };
    },
    stop() {
      reread.stop();
      clearInterval(aging);
    },
  };
}

function soonProblem({ notBefore, notAfter }: ServerCertificate, file: string, now: Date): string | null {
  const leftMs = notAfter.getTime() - now.getTime();
  const soonMs = Math.min(SOON_MS, (notAfter.getTime() - notBefore.getTime()) * SOON_PART);
  return leftMs > soonMs
    ? null
    : `The certificate in ${file} expires on ${notAfter.toISOString()}: put a new one in its place before.`;
}

/** Says a problem when it begins and every hour. */
function watchAge(
  look: () => string | null,
  expired: () => string | null,
  logger: Logger,
  now: () => Date,
): NodeJS.Timeout {
  let said: { readonly problem: string; readonly at: number } | null = null;
  const say = (): void => {
    const problem = look();
    const at = now().getTime();
    if (problem === null) said = null;
    else if (said?.problem !== problem || at - said.at >= REPEAT_MS) {
      said = { problem, at };
      if (expired() === null) logger.warn({ problem }, 'tls: the certificate expires soon');
      else logger.error({ problem }, 'tls: the certificate has expired, and whoever checks it does not connect');
    }
  };
  say();
  return setInterval(say, AGE_EVERY_MS).unref();
}
