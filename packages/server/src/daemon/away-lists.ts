import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { awayReads, type CompiledPact } from '@plumbline/core';

import type { AgentStatus } from '../guard/agent-status.ts';
import type { Guard } from '../guard/guard.ts';
import type { AwayRead } from '../pep/hooks/away-read.ts';

/** What is taken from and told to the rest of the daemon. */
export type AwayNeeds = {
  readonly folder: string;
  readonly guard: Pick<Guard, 'agents' | 'onHalt'>;
  readonly pactOf: (digest: string) => Promise<CompiledPact | undefined>;
  /** Records one; returns whether the line is done with. */
  readonly note: (read: AwayRead) => Promise<boolean>;
  readonly failed: (cause: unknown) => void;
  /** How many spooled reads one start records; the next goes on. */
  readonly mostSpooled?: number;
};

const SPOOL = 'spool';
const MOST_SPOOLED = 100_000;

/**
 * What hooks may let through while no daemon runs: for each agent a list of tools in the data
 * directory, for this user alone. There is none for an agent that is halted, or whose pact says
 * nothing of it. What was let through meanwhile stands in a spool, and is recorded at the start.
 * Source: spec/hooks.md, section "Away".
 */
export class AwayLists {
  readonly #needs: AwayNeeds;
  readonly #folder: string;
  readonly #written = new Map<string, string>();
  readonly #stopTelling: () => void;

  constructor(needs: AwayNeeds) {
    this.#needs = needs;
    this.#folder = join(needs.folder, 'away');
    this.#stopTelling = needs.guard.onHalt(({ agent }) => this.#remove(agent));
  }

  /** Writes every list as it has to be, and removes what should not be there. */
  async refresh(): Promise<void> {
    const agents = this.#needs.guard.agents();
    for (const status of agents) {
      const text = await this.#listOf(status);
      if (text === null) this.#remove(status.agent);
      else if (this.#written.get(status.agent) !== text) this.#write(status.agent, text);
    }
    const known = new Set(agents.map(({ agent }) => agent));
    for (const name of namesIn(this.#folder)) {
      if (!name.startsWith(SPOOL) && !known.has(name)) this.#remove(name);
    }
  }

  /** Records what hooks let through while no daemon ran. What cannot be recorded now stays. */
  async takeSpool(): Promise<void> {
    const spool = join(this.#folder, SPOOL);
    const taken = `${spool}.taken`;
    if (!existsSync(spool) && !existsSync(taken)) return;
    const both = [taken, spool].filter((path) => existsSync(path));
    const text = both.map((path) => readFileSync(path, 'utf8')).join('');
    writeFileSync(taken, text, { mode: 0o600 });
    rmSync(spool, { force: true });
    const { mostSpooled: most = MOST_SPOOLED } = this.#needs;
    const left: string[] = [];
    const lines = text.split('\n').filter((each) => each !== '');
    for (const [at, line] of lines.entries()) {
      if (at >= most) {
        left.push(line);
        continue;
      }
      const [client = '', agent = '', query = '', ...rest] = line.split('\t');
      const read = { client, agent, query, event: rest.join('\t') };
      if (!(await this.#needs.note(read))) left.push(line);
    }
    if (left.length === 0) return rmSync(taken);
    writeFileSync(taken, `${left.join('\n')}\n`, { mode: 0o600 });
    this.#needs.failed(new Error(`${left.length} reads of the time away cannot be recorded yet`));
  }

  /** The lists stay, for the time without a daemon. */
  close(): void {
    this.#stopTelling();
  }

  async #listOf({ pact, halts }: AgentStatus): Promise<string | null> {
    if (pact === null || halts.length > 0) return null;
    const compiled = await this.#needs.pactOf(pact);
    const tools = compiled === undefined ? [] : awayReads(compiled);
    return tools.length === 0 ? null : `${tools.join('\n')}\n`;
  }

  #write(agent: string, text: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, agent);
    writeFileSync(`${path}.part`, text, { mode: 0o600 });
    renameSync(`${path}.part`, path);
    this.#written.set(agent, text);
  }

  #remove(agent: string): void {
    this.#written.delete(agent);
    try {
      rmSync(join(this.#folder, agent), { force: true });
    } catch (cause) {
      // Who halts must not be kept from it by a list that cannot be removed; it is tried again.
      this.#needs.failed(cause);
    }
  }
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
