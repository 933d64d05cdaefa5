import ipaddr from 'ipaddr.js';

/**
 * The part of an address that stands for one subscriber: an IPv4 address as a whole, the /64 of an IPv6 address, for whoever
 * has one address of it has all. An IPv4 address that is written as IPv6 counts as IPv4.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
