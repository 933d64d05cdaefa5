import { BlockList, isIP } from 'node:net';

/**
 * The network that stands for one client: an IPv4 address, or the first 64 bits of an IPv6 address, which a provider gives
 * to one customer as a whole. An IPv4 address that comes as IPv6 is what it is.
 */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [before = '', after] = address.replace(/%.*$/, '').split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : Math.max(8 - first.length - last.length, 0);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last].slice(0, 4);
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** Whether an address belongs to one of the networks, given as `10.0.0.0/8` or as single addresses. */
export function networkTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.trim().split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  // Node compares an IPv4 address that comes as IPv6 with the rules of both kinds.
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
