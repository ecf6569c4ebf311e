/** What the settings say about the edge or server to follow. */
import { resolve } from 'node:path';
import type { UpstreamAddress } from '@flaghoist/server';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Settings } from '../../settings.ts';

type UpstreamSettings = Pick<
  Settings,
  | 'upstream'
  | 'upstreamCa'
  | 'upstreamCert'
  | 'upstreamKey'
  | 'relayKey'
  | 'relayKeyFile'
  | 'roles'
  | 'databaseUrl'
  | 'natsUrl'
  | 'demo'
>;

/** Null: this process follows none. Throws a `CommandFailure` that says what to change. */
export function readUpstream(settings: UpstreamSettings): UpstreamAddress | null {
  const { upstream: url, relayKey, relayKeyFile, roles, databaseUrl, natsUrl, demo } = settings;
  if (url === undefined) {
    if (relayKeyFile !== undefined) throw wrong('a relay key is for an upstream: say which with --upstream.');
    if (readTls(settings) !== undefined)
      throw wrong('certificates for an upstream are for one: say which with --upstream.');
    return null;
  }
  if (roles.length !== 1 || roles[0] !== 'edge')
    throw wrong('only an edge of its own follows an upstream: add --roles edge.');
  if (databaseUrl !== undefined)
    throw wrong('an edge with an upstream has no database: leave out either --upstream or the database’s address.');
  if (natsUrl !== undefined)
    throw wrong(
      'an edge with an upstream has its rulesets from there: leave out either --upstream or the address of NATS.',
    );
  if (demo) throw wrong('--demo needs a server, and an edge with an upstream is none.');
  if (relayKey !== undefined && relayKeyFile !== undefined)
    throw wrong('give the relay key once: in FLAGHOIST_RELAY_KEY, or in a file with --relay-key-file.');
  if (relayKey === undefined && relayKeyFile === undefined)
    throw wrong(
      'the upstream asks for a relay key: put it in FLAGHOIST_RELAY_KEY, or in a file with --relay-key-file.',
    );
  const key = relayKeyFile === undefined ? { relayKey } : { relayKeyFile: resolve(relayKeyFile) };
  return { url, ...key, tls: readTls(settings) };
}

function readTls({ upstreamCa, upstreamCert, upstreamKey }: UpstreamSettings): UpstreamAddress['tls'] {
  const [ca, cert, key] = [upstreamCa, upstreamCert, upstreamKey].map((file) =>
    file === undefined ? undefined : resolve(file),
  );
  return ca === undefined && cert === undefined && key === undefined ? undefined : { ca, cert, key };
}

function wrong(message: string): CommandFailure {
  return new CommandFailure(EXIT.wrongUse, 'wrong_settings', message);
}
