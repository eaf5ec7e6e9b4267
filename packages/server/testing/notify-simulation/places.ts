import type { Random } from '@plumbline/testkit';

import type { ChannelConfig, NotifyRules } from '../../src/config/notify.ts';
import type { Channel } from '../../src/notify/channel.ts';
import { makeChannel } from '../../src/notify/make-channel.ts';
import { makePagerDuty } from '../pagerduty-service.ts';
import type { Got, Said } from '../service-stub.ts';
import { makeInstance } from '../servicenow-instance.ts';
import { makeSlack } from '../slack-service.ts';
import { makeReceiver } from '../webhook-receiver.ts';
import { type Fault, FAULTS, type Outage, RoughNetwork } from './rough-network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A service with the way to it, and what it was told. */
export type PlaceOfService = {
  readonly config: ChannelConfig;
  readonly network: RoughNetwork;
  readonly channel: Channel;
  /** How often the service shows a message of this key to people. */
  readonly shows: (key: string) => number;
  /** Whether people are still called for what this thread is about. */
  readonly isOpen?: (thread: string) => boolean;
};

const HOUR_MS = 3_600_000;
const WAYS: readonly [Outage['way'], ...Outage['way'][]] = [
  'refused',
  'answers-500',
  'answers-429',
  'hangs',
];
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const FILE = { kind: 'file', path: '/secret' } as const;
const SECRETS = {
  hook: SECRET,
  pager: '0123456789abcdef0123456789abcdef',
  desk: 'xoxb-test',
  now: 'pass',
} as const;

/** The names of the services, one of each kind that speaks HTTP. */
export const NAMES = ['hook', 'pager', 'desk', 'now'] as const;

/** One of them. */
export type Name = (typeof NAMES)[number];

const CONFIGS: Readonly<Record<Name, ChannelConfig>> = {
  hook: { kind: 'webhook', url: 'https://hook.example/', secret: FILE },
  pager: { kind: 'pagerduty', url: 'https://pager.example/v2/enqueue', secret: FILE },
  desk: {
    kind: 'slack',
    api: 'https://desk.example/api',
    secret: FILE,
    channel: 'C0ALERTS',
    signingSecret: null,
    people: {},
  },
  now: {
    kind: 'servicenow',
    url: 'https://now.example',
    user: 'plumb',
    clientId: null,
    secret: FILE,
    approvals: false,
    signingSecret: null,
    assignmentGroup: null,
    closeCode: 'Solution provided',
  },
};

// A copy of a request that the network makes or keeps back is known by its key where the service
// keeps keys. Slack and ServiceNow keep none: for them it stands there twice, whoever sends it. An
// alert that was resolved is opened again by a copy of what triggered it.
const ONCE: readonly Fault[] = FAULTS.filter((fault) => fault !== 'twice' && fault !== 'overtaken');
const FAULTS_OF: Readonly<Record<Name, readonly Fault[]>> = {
  hook: FAULTS,
  pager: ONCE,
  desk: ONCE,
  now: ONCE,
};

/** Opens every service, each behind a network of its own with an outage of an hour. */
export function openPlaces(
  time: VirtualTime,
  dice: Random,
): Readonly<Record<Name, PlaceOfService>> {
  const services: Readonly<Record<Name, Service>> = {
    hook: hookOf(time),
    pager: pagerOf(time),
    desk: deskOf(time),
    now: nowOf(time, dice),
  };
  const open = (name: Name): PlaceOfService => {
    const from = time.now + dice.below(HOUR_MS);
    const way = dice.pick(WAYS);
    const outages: readonly Outage[] = [{ from, until: from + HOUR_MS, way }];
    const { answer, ...shown } = services[name];
    const roughness = dice.pick([0, 0.1, 0.3, 0.5]);
    const faults = FAULTS_OF[name];
    const network = new RoughNetwork({ time, dice, answer, outages, faults, roughness });
    const channel = makeChannel(name, CONFIGS[name], {
      egress: { request: network.request, addressOf: () => Promise.reject(new Error('no SMTP')) },
      readSecret: () => ({ ok: true, secret: SECRETS[name] }),
      origin: 'log.example/agents',
    });
    return { config: CONFIGS[name], network, channel, ...shown };
  };
  return { hook: open('hook'), pager: open('pager'), desk: open('desk'), now: open('now') };
}

/** Returns the rules that name these services; everybody is told of everything but `low`. */
export function rulesOfPlaces(): Pick<NotifyRules, 'channels'> {
  return { channels: CONFIGS };
}

type Service = Pick<PlaceOfService, 'shows' | 'isOpen'> & { readonly answer: (got: Got) => Said };

function hookOf({ clock }: VirtualTime): Service {
  const receiver = makeReceiver({ secret: SECRET, clock });
  return {
    answer: receiver.answer,
    shows: (key) => receiver.told.filter((told) => told === key).length,
  };
}

/** Whatever is triggered again under its key is the same alert. */
function pagerOf({ clock }: VirtualTime): Service {
  const pager = makePagerDuty({ clock });
  const isOpen = (thread: string): boolean => pager.alerts.get(thread) !== 'resolved';
  return { answer: pager.answer, shows: () => 1, isOpen };
}

function deskOf({ clock }: VirtualTime): Service {
  const slack = makeSlack({ clock });
  return {
    answer: slack.answer,
    shows: (key) => slack.messages.filter((each) => JSON.stringify(each).includes(key)).length,
  };
}

/** Some instances take fewer requests in an hour than there is to tell, most take more. */
function nowOf({ clock }: VirtualTime, dice: Random): Service {
  const { answer, tables } = makeInstance({ perHour: dice.pick([60, 1_000, 1_000]), clock });
  const has = (table: string, key: string): number =>
    (tables.get(table) ?? []).filter((row) => JSON.stringify(row).includes(key)).length;
  return { answer, shows: (key) => has('incident', key) + has('sys_journal_field', key) };
}
