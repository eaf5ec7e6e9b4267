import { type ReactElement, useState } from 'react';

import { askToolVersions, useAgentTools } from '../../../data/agent-tools.ts';
import type { PactFiles } from '../../../data/pacts.ts';
import { Button } from '../../../ui/button.tsx';
import { Fault } from '../../../ui/field.tsx';
import { Section } from '../../../ui/page.tsx';
import classes from '../agent.module.css';
import { askWorker } from '../worker/ask-worker.ts';
import { firstPact } from './file-set.ts';

// A draft of more tools than a person reads is no draft.
const MOST = 100;

/** How a first pact may begin: from what is shown, or drafted from what the agent's tools say. */
export function Beginnings({
  agent,
  owner,
  onDraft,
}: {
  readonly agent: string;
  readonly owner: string;
  readonly onDraft: (draft: PactFiles) => void;
}): ReactElement {
  const tools = (useAgentTools(agent).data ?? []).filter(({ state }) => state !== 'earlier');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const draft = async (): Promise<void> => {
    setBusy(true);
    try {
      const known = await askToolVersions(agent, tools.slice(0, MOST));
      const named = owner.includes('@') ? { owner } : {};
      const text = await askWorker('draft', { agent, ...named, tools: known });
      const { entry } = firstPact(agent);
      onDraft({ entry, files: { [entry]: text } });
    } catch (cause) {
      setError(cause);
    }
    setBusy(false);
  };
  return (
    <Section title="No pact is armed" isCard>
      <p>Until one is, all that {agent} asks for is refused. Below stands the least there is.</p>
      {tools.length === 0 ? (
        <p className={classes['soft']}>
          Once a gateway has seen its tools, a careful first pact can be drafted from them here:{' '}
          <code>plumb mcp --agent {agent} -- your-server</code>
        </p>
      ) : (
        <div className={classes['buttons']}>
          <Button look="primary" disabled={isBusy} onClick={() => void draft()}>
            {isBusy ? 'Drafting…' : draftText(tools.length)}
          </Button>
          <span className={classes['soft']}>
            What reads is allowed, what changes something asks a person, the rest is refused.
          </span>
        </div>
      )}
      <Fault error={error} />
    </Section>
  );
}

function draftText(count: number): string {
  if (count === 1) return 'Draft it from its one tool';
  const many = count > MOST ? `first ${MOST}` : String(count);
  return `Draft it from its ${many} tools`;
}
