/**
 * Which addresses an identity provider may have. Pure.
 *
 * Private ranges are allowed, because companies' providers live there. What no provider has is refused, above all the
 * places where clouds hand out credentials: a name that somebody else controls must not lead this server there.
 */
import ipaddr from 'ipaddr.js';

const ALLOWED: ReadonlySet<string> = new Set(['unicast', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Metadata services of clouds that are not link-local: Alibaba's, Azure's host, AWS over IPv6. */
const METADATA: ReadonlySet<string> = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254']);

/** Whether a connection may be made. `onLoopback`: this server is itself on loopback only, as in development. */
export function isAllowedAddress(text: string, onLoopback: boolean): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = plain(ipaddr.parse(text));
  if (METADATA.has(address.toString())) return false;
  const range = address.range();
  return range === 'loopback' ? onLoopback : ALLOWED.has(range);
}

/**
 * Whether a URL may be asked: https, or http on loopback when the server itself is there. A host that is an address is
 * judged here, one that is a name when it is looked up.
 */
export function isAllowedUrl(url: URL, onLoopback: boolean): boolean {
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') return false;
  if (ipaddr.isValid(host) && !isAllowedAddress(host, onLoopback)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && onLoopback && isLoopbackHost(host));
}

/** A name or address of the machine itself. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || (ipaddr.isValid(host) && plain(ipaddr.parse(host)).range() === 'loopback');
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** IPv6 addresses that stand for an IPv4 one, be it mapped or through NAT64, are judged as that one. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const nat64 = ipaddr.IPv6.parse('64:ff9b::');
  return address.match(nat64, 96) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}
