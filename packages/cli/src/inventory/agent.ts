import { type AgentFacts, agentQuestions, isJsonObject } from '@plumbline/core';

import { type Daemon, rowsOf, step, withDaemon } from '../daemon/connection.ts';
import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { armedPact } from './armed-pact.ts';
import { type Looked, lookHere, type MachineOptions } from './machine-options.ts';

/** Answers the five questions about an agent; what is not answered is trust debt. */
export async function agent(name: string, options: MachineOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell);
  const connection = {
    ...(options.data !== undefined && { data: options.data }),
    ...(options.config !== undefined && { config: options.config }),
  };
  const facts = await withDaemon({ connection, shell }, (daemon) => factsOf(looked, daemon, name));
  const answers = agentQuestions(facts);
  const debt = answers.filter(({ owed }) => owed !== null).length;
  if (debt > 0) shell.exit(EXIT.no);
  if (options.json === true) {
    return shell.screen.json({ agent: name, answers, paths: facts.paths, debt });
  }
  for (const { question, answer, owed } of answers) {
    shell.screen.print(`${question}\n  ${answer}${owed === null ? '' : `\n  OWED  ${owed}`}`);
  }
  shell.screen.print(debt === 0 ? '\nno trust debt' : `\ntrust debt: ${debt} of 5`);
}

async function factsOf(looked: Looked, daemon: Daemon, name: string): Promise<AgentFacts> {
  const base = `/api/v1/agents/${step(name)}`;
  await daemon.get(base);
  const decided = await daemon.get(`${base}/decisions?limit=1000`);
  const open = await daemon.get(`${base}/decisions?limit=1000&unfinished=true`);
  return {
    pact: await armedPact(daemon, name),
    paths: pathsOf(looked, name),
    channels: Object.keys(looked.config.notify.channels).length,
    lastHaltMs: await lastHalt(daemon, name),
    decisions: {
      count: rowsOf(decided).length,
      isMore: typeof decided['next'] === 'number',
      unfinished: rowsOf(open).length,
    },
    isWitnessed: looked.config.log.witnesses !== null,
  };
}

/** Its own paths, and those its client has besides. */
function pathsOf(looked: Looked, name: string): AgentFacts['paths'] {
  const { machine, server, governors, config } = looked;
  const all = machine.servers
    .filter(({ isEnabled }) => isEnabled)
    .map((each) => ({ each, governed: server.governedBy(each, governors) }));
  const hooked = machine.clients.flatMap(({ id, builtIn }) => {
    const hook = server.hookOver({ client: id, project: null }, machine.hooks);
    return builtIn === undefined ? [] : [{ client: id, hook }];
  });
  const clients = new Set([
    ...all.filter(({ governed }) => governed?.agent === name).map(({ each }) => each.client),
    ...hooked.filter(({ hook }) => hook?.agent === name).map(({ client }) => client),
  ]);
  const served = Object.keys(config.mcp[name]?.servers ?? {});
  return [
    ...all
      .filter(({ each, governed }) => {
        return governed?.agent === name || (governed === null && clients.has(each.client));
      })
      .map(({ each, governed }) => ({
        name: `${each.client}: ${each.name}`,
        governed: governed?.how ?? null,
      })),
    ...hooked
      .filter(({ client, hook }) => hook?.agent === name || (hook === null && clients.has(client)))
      .map(({ client, hook }) => ({
        name: `${client}: its own tools`,
        governed: hook === null ? null : 'hook',
      })),
    ...served.map((each) => ({ name: `daemon: ${each}`, governed: 'gateway HTTP' })),
  ];
}

async function lastHalt({ get }: Daemon, name: string): Promise<number | null> {
  const events = await get(`/api/v1/events?agent=${step(name)}&kind=halt_effective&limit=1`);
  const index = rowsOf(events)[0]?.['index'];
  if (typeof index !== 'number') return null;
  const { open } = await get(`/api/v1/log/entries/${index}`);
  const ms = open !== undefined && isJsonObject(open) ? open['effectiveMs'] : undefined;
  return typeof ms === 'number' ? ms : null;
}
