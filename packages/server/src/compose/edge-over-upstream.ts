/** An edge alone, over another edge or server: loads no database driver, and nothing of the control plane. */
import { readFile } from 'node:fs/promises';
import { createUpstream } from '@flaghoist/edge';
import { parseSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { rereadFiles } from '@flaghoist/runtime/files';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { openOutgoingTls, type OutgoingTls } from '@flaghoist/runtime/tls';
import { OperatorError } from '../platform/operator-error.ts';
import type { UpstreamAddress } from '../server-options.ts';
import type { Above } from './edge-process.ts';

interface RelayKey {
  current(): string;
  stop(): void;
}

/** Throws OperatorError `UPSTREAM`, `RELAY_KEY`, `TLS`. */
export async function createAboveUpstream(upstream: UpstreamAddress, logger: Logger): Promise<Above> {
  const url = checkUrl(upstream);
  const key = await openKey(upstream, logger);
  const tls = await openTls(upstream, logger);
  const { source, queue, confirmKey } = createUpstream({ url, key: () => key.current(), tls, logger });
  return {
    follow: { source, queue, confirmKey },
    shown: { upstream: upstream.tls?.cert },
    async close() {
      key.stop();
      tls?.stop();
    },
  };
}

function checkUrl({ url, tls }: UpstreamAddress): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.search !== '' || parsed.hash !== '')
    throw new OperatorError('UPSTREAM', `"${url}" is not the http or https address of an edge or server.`);
  if (tls !== undefined && parsed.protocol !== 'https:')
    throw new OperatorError(
      'UPSTREAM',
      `Certificates for the upstream are for an address that begins with https://, and ${url} does not.`,
    );
  return url.replace(/\/+$/, '');
}

/** One from a file is read again when it changes: make the new key, put it there, revoke the old one. */
async function openKey({ relayKey, relayKeyFile }: UpstreamAddress, logger: Logger): Promise<RelayKey> {
  if (relayKeyFile === undefined) {
    const key = checkKey(relayKey);
    return { current: () => key, stop: () => undefined };
  }
  const load = async (): Promise<string> => {
    const text = await readFile(relayKeyFile, 'utf8').catch((error: Error) => {
      throw new OperatorError('RELAY_KEY', `The relay key ${relayKeyFile} cannot be read: ${error.message}.`);
    });
    return checkKey(text.trim());
  };
  let key = await load();
  const reread = rereadFiles(key, {
    load,
    identify: (text) => text,
    onChange(text) {
      key = text;
      logger.info({ file: relayKeyFile }, 'upstream: a new relay key is used from now on');
    },
    onRefused: (problem) => logger.error({ problem }, 'upstream: the new relay key cannot be used; the old one stays'),
  });
  return { current: () => key, stop: () => reread.stop() };
}

function checkKey(key: string | undefined): string {
  if (key !== undefined && parseSecret(key, sha256)?.kind === 'relay') return key;
  throw new OperatorError(
    'RELAY_KEY',
    'The relay key is none: it begins with fhr_. `flaghoist keys create --kind relay` makes one.',
  );
}

async function openTls({ tls: sources }: UpstreamAddress, logger: Logger): Promise<OutgoingTls | undefined> {
  if (sources === undefined) return undefined;
  const tls = await openOutgoingTls({
    sources,
    onChange: () => logger.info('upstream: new certificates are used from now on'),
    onRefused: (problem) =>
      logger.error({ problem }, 'upstream: the new certificates cannot be used; the old ones stay'),
  });
  const { problem } = tls;
  if (problem === null) return tls;
  tls.stop();
  throw new OperatorError('TLS', problem);
}
