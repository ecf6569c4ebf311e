import { CommandFailure, wrongUse } from './command-failure.ts';
import { credentialsPath, readCredentials } from './credentials.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Invocation, ServerOptions, WriteOptions } from './invocation.ts';
import { openOutgoingTls, type OutgoingTls } from '@flaghoist/runtime/tls';
import { createExchange } from './management/exchange.ts';
import { createManagementClient, type ManagementClient } from './management/management-client.ts';
import { createReporter, type Reporter } from './output/reporter.ts';
import { DEFAULT_URL, loadClientSettings, type Settings } from './settings.ts';

/** What a command that talks to a server works with. */
export interface Session {
  readonly host: Host;
  readonly client: ManagementClient;
  readonly token: string;
  readonly userAgent: string;
  readonly reporter: Reporter;
  readonly reason: string | undefined;
  /** What https is spoken with; undefined: as Node does. */
  readonly tls: OutgoingTls | undefined;
}

/** Signs in with what the options, the environment, the settings file or `setup` say, in this order. */
export async function openSession(invocation: Invocation<WriteOptions>): Promise<Session> {
  const { host, version, options } = invocation;
  const settings = loadClientSettings(host, options);
  invocation.printing.output = settings.output;
  const { url, token } = await findCredentials(host, settings.url, settings.token);
  const userAgent = `flaghoist-cli/${version}`;
  const tls = await openTls(url, settings);
  return {
    host,
    tls,
    client: createClient(host, { url, token, userAgent, confirm: options.confirm, tls }),
    token,
    userAgent,
    reporter: createReporter(host, settings.output),
    reason: options.reason,
  };
}

/** For `setup`, which has no token yet. */
export async function openUnsignedSession(
  invocation: Invocation<ServerOptions>,
  linkUrl: string | undefined,
): Promise<{ readonly client: ManagementClient; readonly reporter: Reporter }> {
  const { host, version, options } = invocation;
  const settings = loadClientSettings(host, options);
  invocation.printing.output = settings.output;
  const url = options.url === undefined ? (linkUrl ?? settings.url ?? DEFAULT_URL) : checkUrl(options.url);
  const tls = await openTls(url, settings);
  return {
    client: createClient(host, { url, token: undefined, userAgent: `flaghoist-cli/${version}`, tls }),
    reporter: createReporter(host, settings.output),
  };
}

/** An http or https address without what the API's paths are put after: query, fragment, closing slashes. */
export function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrongUse(`${JSON.stringify(text)} is not an address of a server. Example: https://flags.example.org`);
  }
  if (url.username !== '' || url.password !== '') {
    throw wrongUse(
      'the address of the server must not hold a user name or password; give the token with FLAGHOIST_TOKEN.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Never for a server that would be spoken to in plain text. */
async function openTls(
  url: string,
  { ca, cert, certKey: key }: Pick<Settings, 'ca' | 'cert' | 'certKey'>,
): Promise<OutgoingTls | undefined> {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if (!url.startsWith('https:'))
    throw wrongUse(`certificates are for a server whose address begins with https://, and ${url} does not.`);
  const tls = await openOutgoingTls({ sources: { ca, cert, key } });
  if (tls.problem === null) return tls;
  throw wrongUse(tls.problem);
}

interface Connecting {
  readonly url: string;
  readonly token: string | undefined;
  readonly userAgent: string;
  readonly confirm?: string | undefined;
  readonly tls: OutgoingTls | undefined;
}

function createClient(host: Host, { url, token, userAgent, confirm, tls }: Connecting): ManagementClient {
  return createManagementClient({
    url,
    token,
    userAgent,
    ...(confirm === undefined ? {} : { confirm }),
    exchange: createExchange(tls),
    random: () => host.random(),
    now: () => host.now(),
    randomUuid: () => host.randomUuid(),
    sleep: (milliseconds) => host.sleep(milliseconds),
  });
}

async function findCredentials(
  host: Host,
  url: string | undefined,
  token: string | undefined,
): Promise<{ readonly url: string; readonly token: string }> {
  const asked = url === undefined ? undefined : checkUrl(url);
  if (asked !== undefined && token !== undefined) return { url: asked, token };
  const path = credentialsPath(host);
  const found = await readCredentials(path);
  const saved = found === undefined ? undefined : { url: checkUrl(found.url), token: found.token };
  const target = asked ?? saved?.url ?? DEFAULT_URL;
  if (token !== undefined) return { url: target, token };
  // A saved token goes to the server that gave it and to no other.
  if (saved !== undefined && saved.url === target) return { url: target, token: saved.token };
  const why = saved === undefined ? 'there is no token' : `the saved token is for ${saved.url}`;
  throw new CommandFailure(
    EXIT.notAllowed,
    'not_signed_in',
    `not signed in to ${target}: ${why}.\nSet up a new server with \`flaghoist setup <link>\`, or give a token with FLAGHOIST_TOKEN or --token.`,
  );
}
