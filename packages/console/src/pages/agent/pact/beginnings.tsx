import { type Json, listedTools } from '@plumbline/core';
import { type ReactElement, useState } from 'react';

import { askDefinitions, useAgentTools } from '../../../data/agent-tools.ts';
import type { PactFiles } from '../../../data/pacts.ts';
import { Button } from '../../../ui/button.tsx';
import { Fault, TextField } from '../../../ui/field.tsx';
import { Section } from '../../../ui/page.tsx';
import classes from '../agent.module.css';
import { askWorker } from '../worker/ask-worker.ts';
import { firstPact } from './file-set.ts';

// A draft of more tools than a person reads is no draft.
const MOST = 200;
const LARGEST = 8_000_000;

/** How a first pact may begin: from what is shown, or drafted from what the agent's tools say. */
export function Beginnings({
  agent,
  owner,
  isArmed,
  onDraft,
}: {
  readonly agent: string;
  readonly owner: string;
  /** Whether a pact is armed that knows no tool yet. */
  readonly isArmed: boolean;
  readonly onDraft: (draft: PactFiles) => void;
}): ReactElement {
  const tools = (useAgentTools(agent).data ?? []).filter(({ state }) => state !== 'earlier');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const draftFrom = async (list: () => Promise<Json>): Promise<void> => {
    setBusy(true);
    try {
      onDraft(await draftOf(agent, owner, await list()));
    } catch (cause) {
      setError(cause);
    }
    setBusy(false);
  };
  return (
    <Section title={isArmed ? 'Its pact knows no tool' : 'No pact is armed'} isCard>
      <p>
        All that {agent} asks for is refused. A careful first pact can be drafted from its tools:
        what reads is allowed, what changes something asks a person, the rest is refused.
      </p>
      {tools.length > 0 && (
        <div className={classes['buttons']}>
          <Button
            look="primary"
            disabled={isBusy}
            onClick={() => void draftFrom(async () => askDefinitions(agent, tools.slice(0, MOST)))}
          >
            {isBusy ? 'Drafting…' : draftText(tools.length)}
          </Button>
        </div>
      )}
      <TextField
        label="Draft it from a file of tools"
        hint="JSON: what its server answers to tools/list, or OpenAI functions. Read here alone."
        type="file"
        accept=".json"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.item(0) ?? null;
          if (file !== null) void draftFrom(() => readList(file));
        }}
      />
      <Fault error={error} />
    </Section>
  );
}

async function draftOf(agent: string, owner: string, list: Json): Promise<PactFiles> {
  const read = listedTools(list);
  if (!read.ok) {
    const { at, message } = read.error;
    throw new Error([at, message].filter((part) => part !== null).join(': '));
  }
  const named = owner.includes('@') ? { owner } : {};
  const text = await askWorker('draft', { agent, ...named, tools: read.value.slice(0, MOST) });
  const { entry } = firstPact(agent);
  return { entry, files: { [entry]: text } };
}

async function readList(file: File): Promise<Json> {
  const text = await file.slice(0, LARGEST).text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file.name} is not JSON: it takes what a server answers to tools/list`);
  }
}

function draftText(count: number): string {
  if (count === 1) return 'Draft it from its one tool';
  const many = count > MOST ? `first ${MOST}` : String(count);
  return `Draft it from its ${many} tools`;
}
