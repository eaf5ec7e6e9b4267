import ipaddr from 'ipaddr.js';

import { embeddedIn } from './embedded-address.ts';

/** A network that outgoing calls may reach although it is not public. */
export type Network = { readonly base: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number };

/** Where a cloud's machines answer on an address that looks public. */
const HOST_SERVICES: readonly string[] = ['168.63.129.16'];

/** Today's public IPv6 is all in 2000::/3; whatever lies outside is mapped, local or reserved. */
const PUBLIC_IPV6: Network = { base: ipaddr.IPv6.parse('2000::'), bits: 3 };

/**
 * Returns a network from its text, an address or CIDR (`10.1.0.0/16`), or undefined when it is
 * none.
 */
export function parseNetwork(text: string): Network | undefined {
  if (ipaddr.isValidCIDR(text)) {
    const [base, bits] = ipaddr.parseCIDR(text);
    return { base, bits };
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const base = ipaddr.parse(text);
  return { base, bits: base.kind() === 'ipv4' ? 32 : 128 };
}

/**
 * Returns whether an outgoing connection may go to an address: it is public, or in one of the
 * networks that are allowed by name. An address of IPv6 that spells one of IPv4 which is not
 * public is never reached, whatever is allowed: a private network is allowed as what it is. Text
 * that is no address may not be connected to.
 * Source: IANA special-purpose address registries, RFC 6890.
 */
export function mayReach(text: string, allowed: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (spelledBy(address).some((each) => !isPublic(each))) return false;
  return allowed.some((network) => isIn(address, network)) || isPublic(address);
}

/** Returns the addresses of IPv4 that a text spells in one of IPv6, as texts. */
export function spelledIn(text: string): readonly string[] {
  return ipaddr.isValid(text) ? spelledBy(ipaddr.process(text)).map(String) : [];
}

function spelledBy(address: ipaddr.IPv4 | ipaddr.IPv6): readonly ipaddr.IPv4[] {
  return address instanceof ipaddr.IPv6 ? embeddedIn(address) : [];
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, { base, bits }: Network): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast' || HOST_SERVICES.includes(address.toString())) return false;
  return address.kind() === 'ipv4' || isIn(address, PUBLIC_IPV6);
}

/** Returns whether every address of one network lies in one of a list. */
export function isWithin(list: readonly Network[], { base, bits }: Network): boolean {
  return list.some((network) => network.bits <= bits && isIn(base, network));
}
