import { isIP } from 'node:net';

import { mayReach } from '../../egress/address.ts';
import { isAddressLike } from '../../egress/allow-list.ts';
import type { ObservedFinding } from '../../guard/noted-types.ts';
import type { ConnectionSeen } from './proxy.ts';

/**
 * Returns what an attempt to reach something tells of an agent; undefined where it was let through.
 *
 * An address that is not public, however it is spelt, and a name that leads to one, is nowhere a
 * program comes to by mistake: there are the machine, its neighbours and its cloud. Nor does one
 * ask for a host and then greet another.
 */
export function findingIn({ host, verdict, why }: ConnectionSeen): ObservedFinding | undefined {
  if (verdict === 'allowed') return undefined;
  if (why === 'unrecorded' || why === 'ended') return undefined;
  const leadsIn = why === 'metadata' || why === 'not-public' || isOwnAddress(host);
  return leadsIn || why === 'other-name' ? 'escape_attempt' : 'connection_refused';
}

function isOwnAddress(host: string): boolean {
  if (!isAddressLike(host)) return false;
  // A number that some resolvers take for an address is read as they read it.
  const spelt = URL.parse(`http://${isIP(host) === 6 ? `[${host}]` : host}/`)?.hostname ?? host;
  return !mayReach(spelt.replaceAll(/[[\]]/g, ''), []);
}
