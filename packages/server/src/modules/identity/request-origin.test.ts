import type { FastifyRequest } from 'fastify';
import { createClientAddress } from '@flaghoist/runtime/limits';
import { describe, expect, it } from 'vitest';
import { createRequestOrigin, readPublicUrl } from './request-origin.ts';

function request(headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1'): FastifyRequest {
  return { headers, raw: { headers, socket: { remoteAddress } } } as unknown as FastifyRequest;
}

const local = createRequestOrigin(null, createClientAddress('nobody'));
const published = createRequestOrigin('https://flags.shop.example', createClientAddress('last hop'));

describe('without a public URL, signing in', () => {
  it.each(['localhost', 'localhost:4242', 'LOCALHOST:1', '127.0.0.1:4242', '[::1]:4242'])(
    'is possible at %s',
    (host) => {
      expect(local.problem(request({ host }))).toBeNull();
      expect(local.problem(request({ host }, '::ffff:127.0.0.1'))).toBeNull();
      expect(local.problem(request({ host }, '::1'))).toBeNull();
    },
  );

  it.each([
    'flags.shop.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:80@evil.example',
    '10.0.0.1',
    '',
  ])('is refused at %j, which a page of another site could be', (host) =>
    expect(local.problem(request({ host }))).toContain('--public-url'),
  );

  it('is refused to other machines, whatever they call this one', () => {
    expect(local.problem(request({ host: 'localhost:4242' }, '10.0.0.7'))).not.toBeNull();
    expect(local.problem(request({ host: 'localhost:4242' }, '::ffff:10.0.0.7'))).not.toBeNull();
  });
});

describe('with a certificate of its own and no public URL', () => {
  const names = new Set(['flags.shop.example', '192.0.2.7', '[2001:db8::7]']);
  const own = createRequestOrigin(null, createClientAddress('nobody'), { covers: (host) => names.has(host) });

  it.each(['flags.shop.example', 'flags.shop.example:4242', '192.0.2.7:4242', '[2001:db8::7]:4242'])(
    'people sign in at %s, over https',
    (host) => {
      expect(own.problem(request({ host }, '10.0.0.7'))).toBeNull();
      expect(own.originOf(request({ host }, '10.0.0.7'))).toBe(`https://${host}`);
    },
  );

  it('they do at no other name, but on the machine itself', () => {
    for (const host of ['evil.example', 'flags.shop.example.evil.example', ''])
      expect(own.problem(request({ host }, '10.0.0.7'))).toContain('certificate is not for the name');
    expect(own.problem(request({ host: 'localhost:4242' }, '10.0.0.7'))).not.toBeNull();
    expect(own.originOf(request({ host: 'localhost:4242' }))).toBe('https://localhost:4242');
  });
});

describe('with a public URL', () => {
  it('a request is taken to come through the proxy there', () => {
    expect(published.problem(request({ host: '10.0.0.1:4242' }, '10.0.0.7'))).toBeNull();
    expect(published.originOf(request({ host: '10.0.0.1:4242' }))).toBe('https://flags.shop.example');
  });

  it('the sender is the last hop of X-Forwarded-For: those before it are claims', () => {
    const headers = { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' };
    expect(published.addressOf(request(headers, '10.0.0.7'))).toBe('203.0.113.9');
    expect(published.addressOf(request({}, '::ffff:10.0.0.7'))).toBe('10.0.0.7');
    expect(local.addressOf(request(headers, '10.0.0.7'))).toBe('10.0.0.7');
  });

  it('a write has to come from there', () => {
    const own = { origin: 'https://flags.shop.example', 'sec-fetch-site': 'same-origin' };
    expect(() => published.requireOwn(request(own))).not.toThrow();
    for (const bad of [{}, { ...own, origin: 'http://flags.shop.example' }, { ...own, 'sec-fetch-site': 'same-site' }])
      expect(() => published.requireOwn(request(bad))).toThrow('did not come from a page');
    expect(() => published.refuseForeign(request({}))).not.toThrow();
    expect(() => published.refuseForeign(request({ origin: 'https://evil.example' }))).toThrow(
      'did not come from a page',
    );
  });

  it('is https and nothing but an address', () => {
    expect(readPublicUrl(undefined)).toBeNull();
    expect(readPublicUrl('https://flags.shop.example:8443/')).toBe('https://flags.shop.example:8443');
    for (const bad of [
      'http://flags.shop.example',
      'flags.shop.example',
      'https://x.example/flags',
      'https://u:p@x.example',
      'https://x.example/?a',
      '',
    ])
      expect(() => readPublicUrl(bad)).toThrow(/has to be https/);
  });
});
