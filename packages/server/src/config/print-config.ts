import type { Json, JsonObject } from '@plumbline/core';

import type { Config, RootKeySource, Upstream } from './config.ts';
import { printMcp } from './mcp-schema.ts';
import { printNotify } from './notify-schema.ts';
import { printContainers } from './containers.ts';
import { printCuts } from './cuts.ts';
import { printRevocations } from './revocations.ts';
import { printSupervision } from './supervision.ts';
import { printAuthority } from './print-authority.ts';
import { printPeople } from './settle-people.ts';

/**
 * Returns a configuration in the form of its file, for `plumb up --print-config`. It names where
 * secrets come from and holds none: what stands before the `@` of a URL is left out.
 */
export function printConfig(config: Config): JsonObject {
  const { listen, log, disk, guard, publishing, limits } = config;
  return {
    data: config.data,
    rootKey: printRootKey(config.rootKey),
    origin: config.origin,
    listen: {
      http: listen.http === null ? 'none' : printAddress(listen.http),
      ...(listen.tls === null ? {} : printTls(listen.tls)),
      behindProxy: listen.isBehindProxy,
      hosts: [...listen.hosts],
    },
    localRights: config.localRights,
    authority: { ...printAuthority(config.authority), ...printPeople(config.authority) },
    log: {
      open: log.isOpen,
      publishEveryMs: log.publishEveryMs,
      heartbeatMs: log.heartbeatMs,
      segmentBytes: log.segmentBytes,
      rollAtEntries: log.rollAtEntries,
      keepDays: log.keepDays,
      witnesses: log.witnesses,
      knownLogs: log.knownLogs,
      timestamps: log.timestamps === null ? null : withoutCredentials(log.timestamps),
    },
    disk: { ...disk },
    guard: { ...guard },
    reviews: { ...config.reviews },
    audits: { ...config.audits, agents: [...config.audits.agents] },
    facts: Object.fromEntries([...config.facts].map(printFact)),
    upstreams: Object.fromEntries(Object.entries(config.upstreams).map(printUpstream)),
    allowNetworks: [...config.allowNetworks],
    publishing: { people: publishing.people, signers: [...publishing.signers] },
    approvals: { ...config.approvals },
    breakGlass: {
      ...config.breakGlass,
      holders: [...config.breakGlass.holders],
      roles: [...config.breakGlass.roles],
    },
    console: { ...config.console },
    notify: printNotify(config.notify),
    drills: { ...config.drills, holders: [...config.drills.holders] },
    revocations: printRevocations(config.revocations),
    cuts: printCuts(config.cuts),
    supervision: printSupervision(config.supervision),
    containers: printContainers(config.containers),
    mcp: printMcp(config.mcp),
    tools: { ...config.tools },
    limits: { ...limits },
  };
}

function printTls({
  certFile,
  keyFile,
  clientCaFile,
}: NonNullable<Config['listen']['tls']>): JsonObject {
  return { certFile, keyFile, ...(clientCaFile === null ? {} : { clientCaFile }) };
}

function printFact([name, { url, timeoutMs }]: [
  string,
  { readonly url: string; readonly timeoutMs: number },
]): [string, Json] {
  return [name, { url: withoutCredentials(url), timeoutMs }];
}

function printUpstream([name, { agents, tools, ...rest }]: [string, Upstream]): [string, Json] {
  const calls = Object.entries(tools).map(([tool, call]): [string, Json] => [tool, { ...call }]);
  const whose = agents === null ? null : [...agents];
  return [name, { ...rest, agents: whose, tools: Object.fromEntries(calls) }];
}

function printRootKey(source: RootKeySource): string {
  return source.kind === 'file' ? source.path : `credential:${source.name}`;
}

/** Returns `host:port`, with an IPv6 address in brackets. */
export function printAddress({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
