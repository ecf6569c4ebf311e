/** Where a request comes from, when proxies may stand between. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { networkOf } from './network.ts';

/**
 * Whose `X-Forwarded-For` is believed. `nobody`: the address is the socket's. `last hop`: every request comes through one
 * proxy, which adds the last entry. A list of addresses and networks (`10.0.0.0/8`): entries are believed from the last
 * one back, as long as the one who added them is in the list.
 */
export type TrustedProxies = 'nobody' | 'last hop' | readonly string[];

export interface ClientAddress {
  /** The sender's address as text, at most 64 characters; empty when the socket has gone. */
  addressOf(request: IncomingMessage): string;
  /** What is counted for it: an IPv4 address, or the /64 of an IPv6 one. */
  networkOf(request: IncomingMessage): string;
}

/** Networks of addresses that were asked for lately: parsing one takes microseconds. */
const REMEMBERED = 10_000;
const LONGEST = 64;

/** @throws {RangeError} names the first text that is neither an address nor a network. */
export function createClientAddress(trusted: TrustedProxies): ClientAddress {
  const isTrusted = typeof trusted === 'string' ? () => trusted === 'last hop' : createMatch(trusted);
  const most = trusted === 'last hop' ? 1 : Number.POSITIVE_INFINITY;
  const networks = new Map<string, string>();

  function addressOf({ socket, headers }: IncomingMessage): string {
    const direct = bare(socket.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined || !isTrusted(direct)) return direct;
    const hops = String(forwarded).split(',');
    let address = direct;
    for (let taken = 0; taken < most && hops.length > 0 && isTrusted(address); taken++) {
      const hop = hops.pop()?.trim() ?? '';
      if (hop === '') break;
      address = bare(hop).slice(0, LONGEST);
    }
    return address;
  }

  return {
    addressOf,
    networkOf(request) {
      const address = addressOf(request);
      let network = networks.get(address);
      if (network === undefined) {
        if (networks.size >= REMEMBERED) networks.clear();
        network = networkOf(address);
        networks.set(address, network);
      }
      return network;
    },
  };
}

function bare(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function createMatch(texts: readonly string[]): (address: string) => boolean {
  const ranges = texts.map((text) => rangeOf(text));
  const known = new Map<string, boolean>();
  return (address) => {
    const found = known.get(address);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const text = address.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
    const parsed = ipaddr.isValid(text) ? ipaddr.process(text) : null;
    const is =
      parsed !== null && ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
    known.set(address, is);
    return is;
  };
}

function rangeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  // `ipaddr` takes 10.1 and 0x7f.1 for addresses as well; nobody who lists a proxy means them.
  const isFull = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  if (!isFull)
    throw new RangeError(`${JSON.stringify(text)} is neither an IP address nor a network such as 10.0.0.0/8.`);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
