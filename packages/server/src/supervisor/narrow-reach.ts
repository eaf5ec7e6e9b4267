import { parseNetwork, isWithin, type Network } from '../egress/address.ts';
import { type AllowedHost, isCovered, parseAllowed } from '../egress/allow-list.ts';
import type { SupervisionRule } from '../config/supervision.ts';
import type { Limits } from './sandbox/plan.ts';

/** How far an agent may reach and how much it may use, in words and as it is judged. */
export type Bounds = {
  readonly hosts: readonly AllowedHost[];
  /** The hosts as they were named. */
  readonly named: readonly string[];
  readonly networks: readonly Network[];
  readonly limits: Limits;
};

/** Either the bounds that hold, and who set them, or what goes beyond the settings. */
export type Narrowed =
  | { readonly ok: true; readonly value: Bounds & { readonly by: 'settings' | 'flags' } }
  | { readonly ok: false; readonly message: string };

/**
 * Returns the bounds of an agent: those of the settings, which whoever starts it may only narrow.
 * Where the settings say nothing of it, whoever starts it says.
 */
export function narrowReach(rule: SupervisionRule | null, asked: Bounds): Narrowed {
  if (rule === null) return { ok: true, value: { ...asked, by: 'flags' } };
  const hosts = rule.hosts.map(parseAllowed).filter((host) => typeof host !== 'string');
  const networks = rule.networks.flatMap((text) => parseNetwork(text) ?? []);
  const beyond = asked.hosts.findIndex((host) => !isCovered(hosts, host));
  if (beyond !== -1) {
    return { ok: false, message: `\`${asked.named[beyond] ?? ''}\` is no host of ${PLACE}` };
  }
  if (asked.networks.some((network) => !isWithin(networks, network))) {
    return { ok: false, message: `a network that is asked for is none of ${PLACE}` };
  }
  const areOwn = asked.hosts.length > 0;
  return {
    ok: true,
    value: {
      hosts: areOwn ? asked.hosts : hosts,
      named: areOwn ? asked.named : rule.hosts,
      networks: asked.networks.length > 0 ? asked.networks : networks,
      limits: lesserOf(rule.limits, asked.limits),
      by: 'settings',
    },
  };
}

const PLACE =
  "the agent's in `supervision` of the daemon's settings, which options only narrow: add it there";

function lesserOf(rule: SupervisionRule['limits'], asked: Limits): Limits {
  return {
    memoryBytes: Math.min(asked.memoryBytes, rule.memoryBytes ?? Infinity),
    processes: Math.min(asked.processes, rule.processes ?? Infinity),
    cpuMs: lesser(asked.cpuMs, rule.cpuMs),
    timeMs: lesser(asked.timeMs, rule.timeMs),
    busyMs: lesser(asked.busyMs, rule.busyMs),
    idleMs: lesser(asked.idleMs, rule.idleMs),
  };
}

function lesser(one: number | null, other: number | null): number | null {
  const least = Math.min(one ?? Infinity, other ?? Infinity);
  return least === Infinity ? null : least;
}
