import { join } from 'node:path';

import { draftForAgent } from '@plumbline/core';

import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import type { KnownTool } from './known-tools.ts';
import { lookHere } from './machine-options.ts';
import { knownTools, notAskedLines, type ToolsOptions } from './tools.ts';

export type DraftOptions = ToolsOptions & {
  readonly agent?: string;
  readonly owner?: string;
  readonly output?: string;
};

type Drafted = { readonly agent: string; readonly tools: number; readonly text: string };

/** Drafts a pact for each agent, from the tools it can reach. */
export async function draft(options: DraftOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell);
  const { tools, notAsked } = await knownTools(looked, options, shell);
  const drafts = draftsOf(tools, options);
  if (drafts.length === 0) throw new Stop(whyNone(options, notAsked.length));
  const files = drafts.map((each) => {
    const path = join(options.output ?? '.', `${each.agent}.pact.yaml`);
    if (options.output !== undefined) writeWhole(path, each.text, { isNew: true });
    return { ...each, path: options.output === undefined ? null : path };
  });
  if (options.json === true) return shell.screen.json({ drafts: files, notAsked });
  if (notAsked.length > 0) shell.screen.note(`${notAskedLines(notAsked)}\n`);
  for (const { text, path, agent, tools: count } of files) {
    if (path === null) shell.screen.print(text.trimEnd());
    else shell.screen.print(`wrote ${path}: ${count} tools of ${agent}`);
  }
  const [first] = files.flatMap(({ path }) => (path === null ? [] : [path]));
  if (first !== undefined) shell.screen.print(`\nnext: ${shell.program} pact check ${first}`);
}

/** One draft for each agent; what nothing governs yet goes by the name of its client. */
function draftsOf(tools: readonly KnownTool[], options: DraftOptions): readonly Drafted[] {
  const agents = new Map<string, KnownTool[]>();
  for (const tool of tools) {
    const agent = tool.agent ?? tool.client;
    if (options.agent !== undefined && !isFor(tool, options)) continue;
    const name = options.agent ?? agent;
    agents.set(name, [...(agents.get(name) ?? []), tool]);
  }
  const owner = options.owner === undefined ? {} : { owner: options.owner };
  return [...agents].map(([agent, its]) => {
    const drafted = { agent, ...owner, tools: its.map(({ definition }) => definition) };
    return { agent, tools: its.length, text: draftForAgent(drafted) };
  });
}

/** With a client named, the draft is of all its tools; else of those that are the agent's. */
function isFor({ agent, client }: KnownTool, options: DraftOptions): boolean {
  return options.client === undefined
    ? (agent ?? client) === options.agent
    : client === options.client;
}

function whyNone({ agent }: DraftOptions, count: number): string {
  const whose = agent === undefined ? '' : ` of \`${agent}\``;
  return count === 0
    ? `no tool${whose} was found: \`--client\` says whose tools are meant`
    : `no tool${whose} is known: \`--ask\` starts the ${count} servers that were not asked`;
}
