import { existsSync } from 'node:fs';

import type { Found, Look } from './bypass-finding.ts';
import { ledgerName, ledgerPlace } from './bypass-finding.ts';
import type { Looked } from './machine-options.ts';
import { shortPath } from './machine-options.ts';

/** Finds configured servers that run although no gateway started them. */
export function lookAtPrograms({ server, machine, config, governors }: Looked): Look {
  const programs = server.readPrograms('/proc');
  if (programs === null) {
    const why = `this system (${process.platform}) does not show what runs as Linux does`;
    return { found: [], unseen: [{ what: 'processes', why }] };
  }
  const holder = server.readHolder(server.placesOf(config.data));
  const gateways = new Set([process.pid, ...(holder === undefined ? [] : [holder.pid])]);
  const found = server
    .runningAround(machine.servers, programs, gateways)
    .map(({ server: of, program }): Found => {
      const { pid, startedAtMs } = program;
      const since = startedAtMs === null ? '' : ` since ${new Date(startedAtMs).toISOString()}`;
      return {
        what: 'process',
        agent: server.governedBy(of, governors)?.agent ?? null,
        client: of.client,
        server: ledgerName(of.name, 128),
        tool: null,
        evidence: `pid ${pid}${since}`,
        place: `pid ${pid}`,
        seenAtMs: startedAtMs,
      };
    });
  return { found, unseen: [] };
}

/** Finds servers that were put behind the gateway, and files with hooks of ours, no longer so. */
export function lookAtWiring({ server, machine, config, home }: Looked): Look {
  const { files, unreadable } = new server.GovernedFiles(config.data).list();
  const found = files.flatMap(({ path, client, at, servers }) =>
    servers.flatMap((governed): readonly Found[] => {
      const now = machine.servers.find(
        (each) =>
          each.path === path && each.name === governed.name && each.project === governed.project,
      );
      const isGoverned = now?.reach.kind === 'stdio' && now.reach.wrapped !== null;
      // Whoever took the server away altogether goes around nothing.
      const isGone = now === undefined && isReadable(machine, path);
      if (isGoverned || isGone) return [];
      return [
        {
          what: 'unwired',
          agent: governed.agent,
          client,
          server: ledgerName(governed.name, 128),
          tool: null,
          evidence: ledgerPlace(path, `, governed ${new Date(at).toISOString()}`),
          place: shortPath(now === undefined ? path : `${path}:${now.line}`, home),
          seenAtMs: null,
        },
      ];
    }),
  );
  const unhooked = new server.HookRecords(config.data)
    .unhooked()
    .map(({ path, client, agent }): Found => ({
      what: 'unwired',
      agent,
      client,
      server: null,
      tool: null,
      evidence: ledgerPlace(path, ', hooks'),
      place: `${shortPath(path, home)}, hooks`,
      seenAtMs: null,
    }));
  const unseen = unreadable.map((path) => ({ what: path, why: 'is no record of a governed file' }));
  return { found: [...found, ...unhooked], unseen };
}

function isReadable({ troubles }: Looked['machine'], path: string): boolean {
  return !troubles.some(({ place }) => place.startsWith(path)) || !existsSync(path);
}
