/** DATABASE_URL, with one host or several: `postgres://user:password@one:5432,two:5433/name`, as libpq writes it. */
import { OperatorError } from './operator-error.ts';

export interface DatabaseHost {
  /** e.g. `one:5432`; shown to people, so without user and password. */
  readonly name: string;
  /** Address of this host alone. */
  readonly url: string;
}

const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s;
/** A name, an IPv4 address, or an IPv6 address in brackets; and a port. */
const HOST = /^(\[[0-9a-fA-F:.]+(?:%25[^\]]+)?\]|[^:[\]]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 5432;
const ATTRIBUTES = /([?&])target_session_attrs=([^&]*)(&?)/;
/** What this program looks for anyway. */
const SERVED_ATTRIBUTES: ReadonlySet<string> = new Set(['any', 'read-write', 'primary']);

/** At least one, in the order of the address. Throws OperatorError `DATABASE_URL` for several that cannot be read. */
export function parseDatabaseHosts(url: string): readonly [DatabaseHost, ...DatabaseHost[]] {
  const [, before = '', hosts = '', after = ''] = PARTS.exec(url) ?? [];
  if (!hosts.includes(',')) {
    if (/[?&]host=[^&]*(?:,|%2c)/i.test(after))
      throw wrong('several hosts stand before the name of the database, not in the parameter host');
    return [{ name: hosts === '' ? 'the database' : hosts, url }];
  }
  const rest = withoutAttributes(after);
  const [first, ...others] = hosts.split(',').map((host) => toHost(host, before, rest));
  if (first === undefined) throw wrong('there is no host in it');
  const names = [first, ...others].map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrong(`the host ${twice} is in it twice`);
  return [first, ...others];
}

function toHost(text: string, before: string, after: string): DatabaseHost {
  const [, host, port = String(DEFAULT_PORT)] = HOST.exec(text) ?? [];
  if (host === undefined)
    throw wrong(`${JSON.stringify(text)} is no host: write name:port, with an IPv6 address in brackets`);
  if (Number(port) < 1 || Number(port) > 65_535) throw wrong(`${port} is no port`);
  return { name: `${host}:${port}`, url: `${before}${host}:${port}${after}` };
}

function withoutAttributes(after: string): string {
  const [, , attributes] = ATTRIBUTES.exec(after) ?? [];
  if (attributes === undefined) return after;
  if (!SERVED_ATTRIBUTES.has(attributes))
    throw wrong(`target_session_attrs=${attributes} cannot be: this program needs the host that takes writes`);
  return after.replace(ATTRIBUTES, (_, mark: string, __, more: string) => (more === '' ? '' : mark));
}

function wrong(why: string): OperatorError {
  return new OperatorError(
    'DATABASE_URL',
    `DATABASE_URL cannot be used: ${why}. With several hosts it looks like postgres://user:password@one:5432,two:5432/name.`,
  );
}
