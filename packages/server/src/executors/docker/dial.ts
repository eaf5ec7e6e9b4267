import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

import type Dockerode from 'dockerode';

import type { DockerTarget } from '../../config/containers.ts';
import type { DialNeeds } from '../containers/end-needs.ts';
import { checkedLookup } from '../containers/checked-lookup.ts';
import { type Asked, faultOfFailure, given, lasting, refused } from '../containers/fault.ts';
import { type Engine, openEngine } from './engine.ts';

/** An engine, and what closes its connections. */
export type Dialled = { readonly engine: Engine; readonly close: () => void };

type Options = Dockerode.DockerOptions;

// Longer than any call is given, so that a call's own time runs out first.
const SOCKET_MS = 70_000;
const MOST_SOCKETS = 16;
/** None of them may come from the environment, which could lead elsewhere. */
const NOTHING = {
  host: undefined,
  port: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  pathPrefix: '/',
  timeout: SOCKET_MS,
};

/**
 * Loads the client, which is large: who has no engine configured does without it, and who has one
 * loads it before a halt needs it.
 */
export function loadDocker(): Promise<{ readonly default: typeof Dockerode }> {
  return import('dockerode');
}

/** Returns an engine by what is configured, or why it cannot be spoken to. */
export async function dialDocker(target: DockerTarget, needs: DialNeeds): Promise<Asked<Dialled>> {
  const where = await optionsOf(target, needs);
  if (!where.ok) return where;
  const { options, agent } = where.value;
  const { default: Docker } = await loadDocker();
  // The client's types want no member to be undefined, which is what keeps the environment out.
  const all = { ...NOTHING, ...options, agent } as Options;
  const opened = await openEngine((version) => {
    return new Docker(version === null ? all : { ...all, version });
  });
  if (!opened.ok) agent.destroy();
  return opened.ok ? given({ engine: opened.value, close: () => agent.destroy() }) : opened;
}

type Where = { readonly options: object; readonly agent: http.Agent };

async function optionsOf(
  { host, tls }: DockerTarget,
  { egress, readSecret }: DialNeeds,
): Promise<Asked<Where>> {
  const pool = { keepAlive: true, maxSockets: MOST_SOCKETS };
  if (host.kind === 'socket') {
    const options = { socketPath: host.path, protocol: 'http' };
    return given({ options, agent: new http.Agent(pool) });
  }
  const address = await egress.addressOf(host.host);
  if (!address.ok) return refused(lasting(address.message));
  const lookup = checkedLookup(egress);
  const to = { host: host.host, port: host.port };
  if (tls === null) {
    return given({
      options: { ...to, protocol: 'http' },
      agent: new http.Agent({ ...pool, lookup }),
    });
  }
  const key = readSecret(tls.key);
  if (!key.ok) return refused(lasting(key.why));
  try {
    const pair = {
      ca: readFileSync(tls.caFile),
      cert: readFileSync(tls.certFile),
      key: key.secret,
    };
    const agent = new https.Agent({ ...pool, ...pair, lookup, minVersion: 'TLSv1.2' });
    return given({ options: { ...to, protocol: 'https' }, agent });
  } catch (cause) {
    return refused(lasting(faultOfFailure(cause, 'its certificates').why));
  }
}
