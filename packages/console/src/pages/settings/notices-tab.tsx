import type { ReactElement } from 'react';

import {
  type Channel,
  type Message,
  useChannels,
  useChannelTest,
  useMessages,
  useRetry,
} from '../../data/notices.ts';
import { messageOf } from '../../data/problem.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { SelectField } from '../../ui/field.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';

/** The channels by which people are told, and every message to them. */
export function NoticesTab(): ReactElement {
  return (
    <>
      <Section title="Channels">
        <Answered answer={useChannels()} what="the channels">
          {(channels) => <Channels channels={channels} />}
        </Answered>
      </Section>
      <Section title="Messages">
        <Messages />
      </Section>
    </>
  );
}

function Channels({ channels }: { readonly channels: readonly Channel[] }): ReactElement {
  if (channels.length === 0) {
    return (
      <EmptyState title="Nobody is told anything yet" command="plumb notify list">
        Channels (webhook, mail, Slack, PagerDuty, ServiceNow) and who is told what stand in the
        daemon’s configuration, under notify.
      </EmptyState>
    );
  }
  return (
    <PlainTable
      nothing="There are no channels."
      rows={channels.map((channel) => [
        channel.name,
        {
          Channel: <Visible text={channel.name} />,
          Kind: channel.kind,
          State: (
            <StatePill tone={channel.problem === null ? 'good' : 'danger'}>
              {channel.problem === null ? 'works' : 'fails'}
            </StatePill>
          ),
          Waiting: channel.waiting,
          Delivered: channel.delivered,
          Dead: channel.dead,
          'What is wrong': <Visible text={channel.problem ?? ''} />,
          Test: <ChannelTest name={channel.name} />,
        },
      ])}
    />
  );
}

function ChannelTest({ name }: { readonly name: string }): ReactElement | null {
  const test = useChannelTest();
  const say = useToast();
  if (!useMay('operate')) return null;
  const send = (): void =>
    test.mutate(name, {
      onSuccess: ({ state, fault }) =>
        say({
          tone: state === 'delivered' ? 'good' : 'warn',
          text: fault === null ? `${name}: ${state}` : `${name}: ${state}, ${fault}`,
        }),
      onError: (error) => say({ tone: 'danger', text: `${name}: ${messageOf(error)}` }),
    });
  return (
    <Button isSmall disabled={test.isPending} onClick={send}>
      {test.isPending ? 'Sending…' : 'Send a test'}
    </Button>
  );
}

const STATES = ['waiting', 'delivered', 'dead', 'folded'] as const;
const TONES: Readonly<Record<Message['state'], Tone>> = {
  waiting: 'warn',
  delivered: 'good',
  dead: 'danger',
  folded: 'plain',
};

function Messages(): ReactElement {
  const [text, setText] = useQueryText('state');
  const state = STATES.find((one) => one === text) ?? '';
  return (
    <>
      <SelectField
        label="State"
        value={state}
        options={[['', 'every state'], ...STATES.map((one) => [one, one] as const)]}
        onChange={(event) => setText(event.target.value)}
      />
      <Answered answer={useMessages(state)} what="the messages">
        {(messages) =>
          messages.length === 0 ? (
            <EmptyState title="No messages here">
              What people are told appears here, and stays when it could not be delivered.
            </EmptyState>
          ) : (
            <Table
              name="messages"
              one="message"
              rows={messages}
              columns={COLUMNS}
              rowId={({ key }) => key}
              filters={state === 'dead' ? <Retry of={null} /> : null}
            />
          )
        }
      </Answered>
    </>
  );
}

function Retry({ of: key }: { readonly of: string | null }): ReactElement | null {
  const retry = useRetry();
  const say = useToast();
  if (!useMay('operate')) return null;
  const again = (): void =>
    retry.mutate(key, {
      onError: (error) => say({ tone: 'danger', text: messageOf(error) }),
    });
  return (
    <Button isSmall disabled={retry.isPending} onClick={again}>
      {key === null ? 'Try all again' : 'Try again'}
    </Button>
  );
}

const COLUMNS: readonly Column<Message>[] = [
  {
    id: 'title',
    title: 'Message',
    value: ({ title }) => title,
    show: ({ title }) => <Visible text={title} />,
    width: 100,
    isWide: true,
  },
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => state,
    show: ({ state }) => <StatePill tone={TONES[state]}>{state}</StatePill>,
    width: 102,
  },
  {
    id: 'channel',
    title: 'Channel',
    value: ({ channel }) => channel,
    width: 110,
    isUnder: true,
    wideFrom: 620,
  },
  {
    id: 'severity',
    title: 'Severity',
    value: ({ severity }) => severity,
    width: 100,
    wideFrom: 720,
  },
  {
    id: 'at',
    title: 'Since',
    value: ({ at }) => at,
    show: ({ at }) => <Time at={at} isInRow />,
    isTime: true,
    width: 160,
    wideFrom: 820,
  },
  {
    id: 'attempts',
    title: 'Tries',
    value: ({ attempts }) => attempts,
    width: 70,
    wideFrom: 820,
    isNumber: true,
  },
  {
    id: 'fault',
    title: 'What is wrong',
    value: ({ fault }) => fault,
    show: ({ fault }) => <Visible text={fault ?? ''} />,
    width: 220,
    isWide: true,
    isUnder: true,
    wideFrom: 980,
  },
  {
    id: 'again',
    title: 'Again',
    value: () => null,
    isAction: true,
    show: ({ state, key }) => (state === 'dead' ? <Retry of={key} /> : ''),
    width: 88,
  },
];
