import { hash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseKnownLogs, parseVerifierKey } from '@plumbline/ledger';
import ipaddr from 'ipaddr.js';

import type { Config, RootKeySource } from './config.ts';
import { settleConsole } from './console-schema.ts';
import { isLoopback } from './loopback.ts';
import { readOptional } from './read-optional.ts';
import type { Settled } from './schema.ts';
import { settleAuthority } from './settle-authority.ts';
import { faultOf } from './upstreams.ts';
import { settlePeople } from './settle-people.ts';

/** Where configuration and data of this user stand unless told otherwise. */
export type Home = { readonly config: string; readonly data: string };

/** Ends reading with a message about the setting at a path. */
export type Refuse = (path: string, message: string) => never;

/** Returns the configuration of checked settings; what they contradict is refused. */
export function settle(settled: Settled, home: Home, refuse: Refuse): Config {
  const { listen, log, publishing } = settled;
  const folder = resolve(settled.data ?? home.data);
  const rootKey = rootKeyOf(settled.rootKey ?? join(home.config, 'root.key'));
  if (rootKey.kind === 'file' && `${rootKey.path}/`.startsWith(`${folder}/`)) {
    refuse('rootKey', 'must not stand in the data directory: whoever copies it would hold the key');
  }
  checkKeys(publishing.signers, (message) => refuse('publishing.signers', message));
  checkNetworks(settled.allowNetworks, (message) => refuse('allowNetworks', message));
  const wrong = faultOf(settled.upstreams);
  if (wrong !== null) refuse(`upstreams.${wrong.at}`, wrong.message);
  if (settled.disk.warnBytes < settled.disk.refuseBytes) {
    refuse(
      'disk.warnBytes',
      'must not be below `disk.refuseBytes`: the warning would come too late',
    );
  }
  return {
    data: folder,
    rootKey,
    origin: settled.origin,
    listen: {
      http: httpOf(listen, refuse),
      tls: tlsOf(listen, refuse),
      isBehindProxy: listen.behindProxy,
      hosts: listen.hosts,
    },
    localRights: settled.localRights,
    authority: {
      ...settleAuthority(settled.authority, listen, refuse),
      ...settlePeople(settled.authority, refuse),
    },
    log: logOf(log, refuse),
    disk: settled.disk,
    guard: settled.guard,
    reviews: settled.reviews,
    audits: settled.audits,
    facts: new Map(Object.entries(settled.facts)),
    upstreams: settled.upstreams,
    allowNetworks: settled.allowNetworks,
    publishing: { people: publishing.people, signers: publishing.signers },
    tools: settled.tools,
    mcp: settled.mcp,
    approvals: settled.approvals,
    breakGlass: settled.breakGlass,
    console: settleConsole(settled.console),
    notify: settled.notify,
    drills: settled.drills,
    revocations: settled.revocations,
    cuts: settled.cuts,
    supervision: settled.supervision,
    containers: settled.containers,
    limits: settled.limits,
  };
}

function logOf(log: Settled['log'], refuse: Refuse): Config['log'] {
  if (log.keepDays !== null) {
    refuse(
      'log.keepDays',
      'is not possible: states of agents, exports and `plumb verify` need the entries of rolled ' +
        'logs, so that nothing of them is ever dropped; leave it out',
    );
  }
  return {
    isOpen: log.open,
    publishEveryMs: log.publishEveryMs,
    heartbeatMs: log.heartbeatMs,
    segmentBytes: log.segmentBytes,
    rollAtEntries: log.rollAtEntries,
    keepDays: log.keepDays,
    witnesses: log.witnesses ?? witnessesOf(log.witnessesFile, refuse),
    knownLogs: knownLogsOf(log.knownLogs, refuse),
    timestamps: log.timestamps,
  };
}

function rootKeyOf(text: string): RootKeySource {
  const name = /^credential:(.+)$/.exec(text)?.[1];
  return name === undefined ? { kind: 'file', path: resolve(text) } : { kind: 'credential', name };
}

function httpOf(listen: Settled['listen'], refuse: Refuse): Config['listen']['http'] {
  if (listen.http === 'none') return null;
  const cut = listen.http.lastIndexOf(':');
  const host = listen.http.slice(0, cut).replaceAll(/[[\]]/g, '');
  const port = Number(listen.http.slice(cut + 1));
  if (port > 65_535) refuse('listen.http', `port ${port} is beyond 65535`);
  const isClear = listen.certFile === undefined && !listen.behindProxy;
  if (isClear && !isLoopback(host)) {
    refuse(
      'listen.http',
      `\`${host}\` is not loopback: give \`listen.certFile\` and \`listen.keyFile\`, ` +
        'or say `listen.behindProxy` when a proxy in front ends TLS',
    );
  }
  return { host, port };
}

function tlsOf(
  { certFile, keyFile, clientCaFile }: Settled['listen'],
  refuse: Refuse,
): Config['listen']['tls'] {
  if (clientCaFile !== undefined && certFile === undefined) {
    refuse('listen.clientCaFile', 'takes TLS: give `listen.certFile` and `listen.keyFile` too');
  }
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined) return refuse('listen.certFile', 'is missing beside the key');
  if (keyFile === undefined) return refuse('listen.keyFile', 'is missing beside the certificate');
  return {
    certFile: resolve(certFile),
    keyFile: resolve(keyFile),
    clientCaFile: clientCaFile === undefined ? null : resolve(clientCaFile),
  };
}

function witnessesOf(file: string | null, refuse: Refuse): string | null {
  if (file === null) return null;
  return readOptional(resolve(file)) ?? refuse('log.witnessesFile', `no such file \`${file}\``);
}

function knownLogsOf(file: string | null, refuse: Refuse): string | null {
  if (file === null) return null;
  const text = readOptional(resolve(file)) ?? refuse('log.knownLogs', `no such file \`${file}\``);
  const known = parseKnownLogs((bytes) => hash('sha256', bytes, 'buffer'), Buffer.from(text));
  if (known.ok) return text;
  return refuse('log.knownLogs', `${known.error.message}; \`plumb verify --known-logs\` writes it`);
}

function checkKeys(keys: readonly string[], refuse: (message: string) => never): void {
  for (const key of keys) {
    const parsed = parseVerifierKey((bytes) => hash('sha256', bytes, 'buffer'), key);
    if (!parsed.ok) refuse(`\`${key}\` ${parsed.error.message}; \`plumb key sign-new\` prints one`);
  }
}

function checkNetworks(networks: readonly string[], refuse: (message: string) => never): void {
  for (const network of networks) {
    if (!isNetwork(network)) refuse(`\`${network}\` is not a network such as 10.0.0.0/8`);
  }
}

function isNetwork(text: string): boolean {
  try {
    ipaddr.parseCIDR(text);
    return true;
  } catch (cause) {
    if (cause instanceof Error) return false;
    throw cause;
  }
}
