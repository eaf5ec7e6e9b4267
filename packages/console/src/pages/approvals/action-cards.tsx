import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import type { OpenedAsk } from '../../data/approvals.ts';
import { agentPlace } from '../../data/places.ts';
import { CodeView, Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Facts, Section } from '../../ui/page.tsx';

type AskProps = { readonly ask: OpenedAsk };

/** The exact action: this tool with these arguments, once. */
export function ActionCard({ ask }: AskProps): ReactElement {
  const { action, agent, tool, pact } = ask;
  return (
    <Section title="The exact action" isCard>
      <Facts
        rows={{
          Tool: <Visible text={tool} />,
          Agent: <Link href={agentPlace(agent)}>{agent}</Link>,
          Pact: <Digest of={pact} what="digest of the pact" />,
        }}
      />
      {action === null ? (
        <p>
          {ask.sealed === 'erased'
            ? 'Its arguments were erased with the person they were about.'
            : 'Its arguments cannot be opened any more.'}
        </p>
      ) : (
        <CodeView label="arguments" text={JSON.stringify(action.args, null, 2)} />
      )}
    </Section>
  );
}

const REVERSIBLE: Readonly<Record<string, readonly [Tone, string]>> = {
  yes: ['good', 'can be undone'],
  partly: ['warn', 'can be undone in part'],
  no: ['danger', 'cannot be undone'],
};

/** What it would do, as the pact declares the tool, and whether that can be taken back. */
export function EffectCard({ ask: { gathered } }: AskProps): ReactElement | null {
  const tool = gathered?.tool ?? null;
  if (gathered === null || tool === null) return null;
  const [tone, word] = REVERSIBLE[tool.reversible] ?? (['warn', tool.reversible] as const);
  return (
    <Section title="What it would do" isCard>
      <Facts
        rows={{
          Reversible: <StatePill tone={tone}>{word}</StatePill>,
          'Undone by': tool.undo === null ? null : <Visible text={tool.undo} />,
          Effect: tool.effect ?? 'not declared',
          Category: tool.category,
          Money: stake(gathered.money),
          Records: stake(gathered.records),
          Reach: tool.isOpenWorld ? 'the open world, beyond what is governed here' : null,
          Tier: tool.tier,
          Sensitive:
            tool.sensitive.length === 0 ? null : <Visible text={tool.sensitive.join(', ')} />,
        }}
      />
    </Section>
  );
}

/** An amount may be of any shape; what is none is left out. */
function stake(amount: unknown): ReactNode {
  if (amount === null || amount === undefined) return null;
  const text = typeof amount === 'string' ? amount : JSON.stringify(amount);
  return (
    <strong>
      <Visible text={text} />
    </strong>
  );
}
