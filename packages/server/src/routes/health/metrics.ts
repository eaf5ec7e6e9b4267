import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { VerdictKind } from '@plumbline/core';
import type { AgentStatus } from '../../guard/agent-status.ts';
import type { Services } from '../../services/daemon-services.ts';

/** What is counted while requests are answered, and what is looked up when somebody asks. */
export type Metrics = {
  /** Counts one decision and how long it took, in seconds. */
  readonly decided: (verdict: VerdictKind, seconds: number) => void;
  /** Counts one request answered. `route` is an operation's name, never a path. */
  readonly answered: (route: string, status: number) => void;
  /** Counts one request the gate refused. */
  readonly refused: (code: string) => void;
  /** Returns the Prometheus text and its media type. */
  readonly text: () => Promise<{ readonly type: string; readonly text: string }>;
};

/** What the gauges look at. `clock` is ms UTC. */
export type Sources = {
  readonly agents: () => readonly AgentStatus[];
  readonly services: Pick<Services, 'log' | 'health' | 'breakGlass' | 'notices'>;
  readonly clock: () => number;
};

/** Returns metrics in a registry of their own, so that two daemons in one program do not mix. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const decisions = new Counter({
    name: 'plumbline_decisions_total',
    help: 'Decisions answered, by verdict.',
    labelNames: ['verdict'],
    registers,
  });
  const seconds = new Histogram({
    name: 'plumbline_decision_seconds',
    help: 'From a whole request for a decision to its durable answer.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const requests = new Counter({
    name: 'plumbline_requests_total',
    help: 'Requests answered, by operation and status.',
    labelNames: ['operation', 'status'],
    registers,
  });
  const refusals = new Counter({
    name: 'plumbline_refused_requests_total',
    help: 'Requests refused before anything could be decided, by code.',
    labelNames: ['code'],
    registers,
  });
  addGauges(registers, sources);
  return {
    decided: (verdict, took) => {
      decisions.inc({ verdict });
      seconds.observe(took);
    },
    answered: (operation, status) => requests.inc({ operation, status }),
    refused: (code) => refusals.inc({ code }),
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

type Look = readonly [name: string, help: string, read: (sources: Sources) => number | null];

// A value nobody knows yet is left out rather than shown as zero.
const LOOKS: readonly Look[] = [
  ['plumbline_ready', 'Whether decisions can be made durable.', readyOf],
  ['plumbline_log_entries', 'Entries of the log, queued ones included.', (s) => log(s).nextIndex],
  [
    'plumbline_durable_lag_entries',
    'Entries queued and not durable yet.',
    (s) => log(s).nextIndex - log(s).durableSize,
  ],
  [
    'plumbline_published_lag_entries',
    'Durable entries the checkpoint does not cover yet.',
    (s) => log(s).durableSize - log(s).publishedSize,
  ],
  ['plumbline_checkpoint_age_seconds', 'Age of the published checkpoint.', ageOf],
  ['plumbline_sessions', 'Open sessions.', (s) => sum(s, ({ openSessions }) => openSessions)],
  ['plumbline_in_flight', 'Actions without outcome.', (s) => sum(s, ({ inFlight }) => inFlight)],
  ['plumbline_waiting', 'Requests that wait for a turn.', (s) => sum(s, ({ waiting }) => waiting)],
  ['plumbline_open_reviews', 'Reviews nobody has closed.', (s) => sum(s, ({ reviews }) => reviews)],
  ['plumbline_alerts_total', 'Alerts raised.', (s) => sum(s, ({ alerts }) => alerts)],
  ['plumbline_halts', 'Halts in force.', (s) => sum(s, ({ halts }) => halts.length)],
  [
    'plumbline_break_glass_active',
    'People who hold roles of an emergency.',
    ({ services }) => services.breakGlass.sums().active,
  ],
  [
    'plumbline_break_glass_reviews_owed',
    'Reviews of emergency access nobody has closed.',
    ({ services }) => services.breakGlass.sums().owed,
  ],
  [
    'plumbline_break_glass_reviews_overdue',
    'Of those, the ones that wait for too long.',
    ({ services }) => services.breakGlass.sums().overdue,
  ],
  [
    'plumbline_notify_waiting',
    'Messages to people that wait to be delivered.',
    (s) => messages(s, 'waiting'),
  ],
  [
    'plumbline_notify_dead',
    'Messages to people that could not be delivered.',
    (s) => messages(s, 'dead'),
  ],
  ['plumbline_disk_free_bytes', 'Free disk.', ({ services }) => services.health.freeBytes()],
];

function addGauges(registers: Registry[], sources: Sources): void {
  for (const [name, help, read] of LOOKS) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        const value = read(sources);
        gauge.reset();
        if (value === null) gauge.remove();
        else gauge.set(value);
      },
    });
  }
}

function log({ services }: Sources): ReturnType<Services['log']['status']> {
  return services.log.status();
}

function messages({ services }: Sources, state: 'waiting' | 'dead'): number {
  return services.notices.channels().reduce((total, each) => total + each[state], 0);
}

function readyOf({ services }: Sources): number {
  return services.health.readiness().isReady ? 1 : 0;
}

function ageOf(sources: Sources): number | null {
  const { checkpointAt } = log(sources);
  return checkpointAt === null ? null : Math.max(0, sources.clock() - checkpointAt) / 1000;
}

function sum({ agents }: Sources, of: (agent: AgentStatus) => number): number {
  return agents().reduce((total, agent) => total + of(agent), 0);
}
