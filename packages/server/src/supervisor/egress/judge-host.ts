import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { mayReach, type Network, parseNetwork, spelledIn } from '../../egress/address.ts';
import { type AllowedHost, isAddressLike, isAllowed } from '../../egress/allow-list.ts';

/** What a supervised agent may reach. */
export type Reach = {
  readonly hosts: readonly AllowedHost[];
  /** Private networks in which an allowed name may lie. */
  readonly networks: readonly Network[];
  /** Returns every address of a name; rejects when there is none. The system's by default. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
};

/** Why a connection is refused. */
export type RefusedWhy =
  | 'not-listed'
  | 'other-name'
  | 'unseen-name'
  | 'address'
  | 'unresolved'
  | 'not-public'
  | 'metadata'
  | 'unrecorded'
  | 'ended';

/** Either the addresses to connect to, all checked, or why not. */
export type Judged =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly why: RefusedWhy };

/** Where clouds give out credentials: refused also where their network is allowed. */
const METADATA: readonly Network[] = [
  '169.254.0.0/16',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fe80::/10',
  'fd00:ec2::254',
  'fd20:ce::254',
].flatMap((text) => parseNetwork(text) ?? []);

/**
 * Says whether an agent may connect to a host. A name is looked up here, once, and whoever
 * connects goes to the addresses that were checked: the agent itself can ask no resolver.
 */
export async function judgeHost(
  { hosts, networks, resolve = systemResolve }: Reach,
  host: string,
  port: number,
): Promise<Judged> {
  if (!isAllowed(hosts, host, port)) {
    return { ok: false, why: isAddressLike(host) ? 'address' : 'not-listed' };
  }
  if (isIP(host) === 0 && isAddressLike(host)) return { ok: false, why: 'address' };
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (addresses.length === 0) return { ok: false, why: 'unresolved' };
  if (addresses.some((address) => isMetadata(address))) return { ok: false, why: 'metadata' };
  const isReachable = addresses.every((address) => mayReach(address, networks));
  return isReachable ? { ok: true, addresses } : { ok: false, why: 'not-public' };
}

// What is not public and one of these is the same as being allowed to reach these alone.
function isMetadata(address: string): boolean {
  return [address, ...spelledIn(address)].some((each) => {
    return mayReach(each, METADATA) && !mayReach(each, []);
  });
}

async function systemResolve(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
