import { dirname } from 'node:path';

import type * as Client from '@kubernetes/client-node';
import { Agent } from 'undici';

import type { KubernetesTarget } from '../../config/containers.ts';
import { checkedLookup } from '../containers/checked-lookup.ts';
import type { DialNeeds } from '../containers/end-needs.ts';
import { type Asked, faultOfFailure, given, lasting, refused } from '../containers/fault.ts';
import { type Cluster, clusterOf } from './cluster.ts';

/** A cluster, and what closes its connections. */
export type Reached = { readonly cluster: Cluster; readonly close: () => Promise<void> };

type Library = typeof Client;
type Known = { readonly kube: Client.KubeConfig; readonly server: URL };

const TIMES = { headersTimeout: 5_000, bodyTimeout: 5_000, connections: 16 } as const;
const CONNECT_MS = 3_000;
const CALL_MS = 6_000;

/**
 * Loads the client, which is large: who has no cluster configured does without it, and who has one
 * loads it before a halt needs it.
 */
export function loadKubernetes(): Promise<Library> {
  return import('@kubernetes/client-node');
}

/** Returns a cluster by what is configured, or why it cannot be spoken to. */
export async function dialKubernetes(
  target: KubernetesTarget,
  { egress, readSecret }: DialNeeds,
): Promise<Asked<Reached>> {
  const library = await loadKubernetes();
  const known = knownBy(library, target, readSecret);
  if (!known.ok) return known;
  const { kube, server } = known.value;
  const address = await egress.addressOf(server.hostname);
  if (!address.ok) return refused(lasting(address.message));
  const proof: { [name: string]: unknown } = {};
  try {
    // Files that it names are read here, and programs it names are run.
    await kube.applyToHTTPSOptions(proof);
  } catch (cause) {
    return refused(lasting(faultOfFailure(cause, 'its credentials').why));
  }
  const { ca, cert, key, servername } = proof;
  const pair = definedOf({ ca, cert, key, servername });
  const lookup = checkedLookup(egress);
  const agent = new Agent({ ...TIMES, connect: { ...pair, lookup, timeout: CONNECT_MS } });
  const cluster = clusterOf(apisOf(library, known.value, agent), server.origin);
  return given({ cluster, close: () => agent.destroy() });
}

function definedOf(all: { readonly [name: string]: unknown }): object {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function apisOf(
  library: Library,
  { kube, server }: Known,
  agent: Agent,
): Parameters<typeof clusterOf>[0] {
  const authentication: Client.SecurityAuthentication = {
    getName: () => 'kubeconfig',
    applySecurityAuthentication: async (context) => {
      await kube.applySecurityAuthentication(context);
      context.setDispatcher(agent);
      context.setSignal(AbortSignal.timeout(CALL_MS));
    },
  };
  const configuration = library.createConfiguration({
    baseServer: new library.ServerConfiguration(server.href.replace(/\/$/, ''), {}),
    authMethods: { default: authentication },
  });
  return {
    core: new library.CoreV1Api(configuration),
    custom: new library.CustomObjectsApi(configuration),
    authorization: new library.AuthorizationV1Api(configuration),
    version: new library.VersionApi(configuration),
    merging: library.setHeaderOptions('Content-Type', library.PatchStrategy.MergePatch),
  };
}

function knownBy(
  library: Library,
  { kubeconfig, context }: KubernetesTarget,
  readSecret: DialNeeds['readSecret'],
): Asked<Known> {
  const kube = new library.KubeConfig();
  if (kubeconfig === null) {
    kube.loadFromCluster();
  } else {
    const held = readSecret(kubeconfig);
    if (!held.ok) return refused(lasting(held.why));
    try {
      kube.loadFromString(held.secret);
    } catch {
      return refused(lasting('its kubeconfig cannot be read'));
    }
    if (kubeconfig.kind === 'file') kube.makePathsAbsolute(dirname(kubeconfig.path));
    if (context !== null) kube.setCurrentContext(context);
  }
  return serverOf(kube, kubeconfig === null);
}

function serverOf(kube: Client.KubeConfig, isInside: boolean): Asked<Known> {
  const cluster = kube.getCurrentCluster();
  const server = URL.parse(cluster?.server ?? '');
  if (cluster === null || server === null) {
    const inside = 'the daemon runs in no pod: name a `kubeconfig`';
    return refused(lasting(isInside ? inside : 'its kubeconfig names no cluster of that context'));
  }
  if (server.protocol !== 'https:') return refused(lasting('its server is none of https'));
  if (cluster.skipTLSVerify) {
    return refused(lasting('its kubeconfig skips verifying the server: name its authority'));
  }
  if (cluster.proxyUrl !== undefined) {
    return refused(lasting('its kubeconfig names a proxy, and the daemon uses none'));
  }
  return given({ kube, server });
}
