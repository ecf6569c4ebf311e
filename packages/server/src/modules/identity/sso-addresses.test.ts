import { describe, expect, it } from 'vitest';
import { isAllowedAddress, isAllowedUrl } from './sso-addresses.ts';

describe('the address of an identity provider', () => {
  it.each([
    '93.184.216.34',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.7',
    '2606:4700::1',
    'fd12:3456::1',
    '64:ff9b::5db8:d822',
  ])('may be %s', (address) => {
    expect(isAllowedAddress(address, false)).toBe(true);
  });

  it.each([
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['link-local', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['link-local of an interface', 'fe80::1%eth0'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['metadata of a cloud', '100.100.100.200'],
    ['metadata of a cloud', '168.63.129.16'],
    ['metadata of a cloud', '192.0.0.192'],
    ['metadata of a cloud', 'fd00:ec2::254'],
    ['metadata, mapped', '::ffff:169.254.169.254'],
    ['metadata, mapped and in hexadecimal', '::ffff:a9fe:a9fe'],
    ['metadata through NAT64', '64:ff9b::a9fe:a9fe'],
    ['metadata through 6to4', '2002:a9fe:a9fe::1'],
    ['metadata through Teredo', '2001:0:4136:e378:8000:63bf:5601:5601'],
    ['metadata, translated', '::ffff:0:a9fe:a9fe'],
    ['documentation', '192.0.2.1'],
    ['no address', 'example.com'],
  ])('is not %s (%s)', (_, address) => {
    expect([isAllowedAddress(address, false), isAllowedAddress(address, true)]).toEqual([false, false]);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'is %s only for a server that is there itself',
    (address) => {
      expect([isAllowedAddress(address, false), isAllowedAddress(address, true)]).toEqual([false, true]);
    },
  );
});

describe('the URL of an identity provider', () => {
  const allowed = (url: string, onLoopback: boolean): boolean => isAllowedUrl(new URL(url), onLoopback);

  it('is https', () => {
    expect(allowed('https://login.example.com/tenant', false)).toBe(true);
    expect(allowed('https://10.0.0.7:8443', false)).toBe(true);
    for (const url of ['http://login.example.com', 'http://10.0.0.7', 'ftp://login.example.com', 'file:///etc/passwd'])
      expect([url, allowed(url, false), allowed(url, true)]).toEqual([url, false, false]);
  });

  it('is http on loopback, for a server that is there itself', () => {
    for (const url of ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])
      expect([url, allowed(url, false), allowed(url, true)]).toEqual([url, false, true]);
  });

  it('has no address that is refused, however it is written, and no password', () => {
    for (const host of [
      '169.254.169.254',
      '0xa9fea9fe',
      '2852039166',
      '0251.0376.0251.0376',
      '[::ffff:a9fe:a9fe]',
      '0',
    ])
      expect([host, allowed(`https://${host}/`, true)]).toEqual([host, false]);
    expect(allowed('https://ada:secret@login.example.com', false)).toBe(false);
  });
});
