import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress, type TrustedProxies } from './client-address.ts';

function ask(trusted: TrustedProxies, socket: string, forwarded?: string) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const request = { socket: { remoteAddress: socket }, headers } as unknown as IncomingMessage;
  const address = createClientAddress(trusted);
  return { address: address.addressOf(request), network: address.networkOf(request) };
}

describe('the address of a sender', () => {
  it.each<[string, TrustedProxies, string, string | undefined, string]>([
    ['is the socket’s', 'nobody', '::ffff:192.0.2.7', undefined, '192.0.2.7'],
    ['is the socket’s, whatever it claims, when nobody is trusted', 'nobody', '192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['is the last hop’s entry', 'last hop', '10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['is the socket’s when the proxy says nothing', 'last hop', '10.0.0.1', undefined, '10.0.0.1'],
    ['is not what a stranger claims', ['10.0.0.0/8'], '192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['is what a trusted proxy saw', ['10.0.0.0/8'], '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    [
      'is found behind several proxies',
      ['10.0.0.0/8', '172.16.0.9'],
      '10.1.2.3',
      '1.1.1.1, 203.0.113.9, 172.16.0.9',
      '203.0.113.9',
    ],
    ['is the first one when all are trusted', ['10.0.0.0/8'], '10.1.2.3', '10.0.0.5, 10.0.0.6', '10.0.0.5'],
    ['is found through IPv6', ['2001:db8::/32', '::1'], '::1', '2001:db9::5, 2001:db8::1', '2001:db9::5'],
    ['is the proxy’s when the header is broken', ['10.0.0.0/8'], '10.1.2.3', '203.0.113.9, ', '10.1.2.3'],
  ])('%s', (_name, trusted, socket, forwarded, expected) => {
    expect(ask(trusted, socket, forwarded).address).toBe(expected);
  });

  it('counts a whole /64 of IPv6 as one, and no text is longer than an address', () => {
    expect(ask('nobody', '2001:db8:1:2:3:4:5:6').network).toBe('2001:db8:1:2::/64');
    expect(ask('last hop', '10.0.0.1', 'x'.repeat(9_000)).address).toHaveLength(64);
  });

  it.each(['10.0.0.0/33', 'proxy.example', '10.1', ''])('refuses %j as a proxy', (text) => {
    expect(() => createClientAddress([text])).toThrow(RangeError);
  });

  it('remembers no more networks than it has room for', () => {
    const address = createClientAddress('last hop');
    for (let i = 0; i < 100_000; i++) {
      const headers = { 'x-forwarded-for': `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` };
      const request = { socket: { remoteAddress: '10.0.0.1' }, headers } as unknown as IncomingMessage;
      expect(address.networkOf(request)).toBe(headers['x-forwarded-for']);
    }
  });
});
