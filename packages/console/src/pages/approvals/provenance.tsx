import type { ReactElement } from 'react';

import type { OpenedAsk } from '../../data/approvals.ts';
import { Visible } from '../../ui/code-view.tsx';
import { TrustLabel } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import classes from './approvals.module.css';

type Gathered = NonNullable<OpenedAsk['gathered']>;
type Value = Gathered['arguments'][number];

const STANDING: Readonly<Record<Value['standing'], string>> = {
  trusted: 'trusted',
  untrusted: 'a stranger alone',
  agent: 'the agent alone',
};

/** Where each value comes from; apart from it, what stands on the agent's word alone. */
export function Provenance({ ask }: { readonly ask: OpenedAsk }): ReactElement {
  const { gathered, agentSays } = ask;
  if (gathered === null) {
    return (
      <Section title="Where its values come from" isCard>
        <p className={classes['soft']}>
          Nobody can tell any more: the session is closed, or what it held was erased.
        </p>
      </Section>
    );
  }
  return (
    <>
      <Section title="Where its values come from">
        <Values values={gathered.arguments} nothing="No value was seen anywhere before." />
      </Section>
      {agentSays !== null && agentSays.arguments.length > 0 && (
        <Section title="On the agent's word alone">
          <p className={classes['soft']}>
            Nobody and nothing else said these values. Check them before you approve.
          </p>
          <Values values={agentSays.arguments} nothing="" />
        </Section>
      )}
      {!gathered.isEveryArgument && (
        <p className={classes['soft']}>
          It has more values than are listed here; the exact action above has all of them.
        </p>
      )}
    </>
  );
}

function Values({
  values,
  nothing,
}: {
  readonly values: readonly Value[];
  readonly nothing: string;
}): ReactElement {
  return (
    <PlainTable
      nothing={nothing}
      rows={values.map(({ path, value, isCut, isPart, standing, sources }, place) => [
        `${place} ${path}`,
        {
          Argument: (
            <>
              <Visible text={path} />
              {isPart && ' (within it)'}
            </>
          ),
          Value: (
            <>
              <Visible text={String(value)} />
              {isCut && ' …'}
            </>
          ),
          Said: <TrustLabel trust={standing}>{STANDING[standing]}</TrustLabel>,
          Where: <Visible text={sources.join(', ')} />,
        },
      ])}
    />
  );
}
