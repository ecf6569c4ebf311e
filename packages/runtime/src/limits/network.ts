/** Who an address stands for where attempts are counted. Pure. */
import ipaddr from 'ipaddr.js';

/**
 * An IPv4 address as it is, of an IPv6 one its /64: whoever has one address there has all of them, and could come from
 * another one each time. Ports that proxies add to an address are left out. Any other text is answered as it is.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (!ipaddr.isValid(bare)) return bare;
  const parsed = ipaddr.process(bare);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
