import { z } from 'zod';

import { mcpShape } from './mcp-schema.ts';
import { authorityShapes, type SettledAuthority } from './authority-schema.ts';
import { auditsShape } from './audits.ts';
import type { Config } from './config.ts';
import { consoleShape, type SettledConsole } from './console-schema.ts';
import { containersShape } from './containers.ts';
import { notifyShape } from './notify-schema.ts';
import { drillsShape } from './drills.ts';
import { revocationsShape } from './revocations.ts';
import { cutsShape } from './cuts.ts';
import { supervisionShape } from './supervision.ts';
import { upstreams } from './upstreams.ts';
import {
  breakGlassShape,
  peopleShapes,
  type SettledPeople,
  approvalsShape,
} from './people-schema.ts';

/** What the file says once every default that does not depend on the machine is filled in. */
export type Settled = {
  readonly data?: string | undefined;
  readonly rootKey?: string | undefined;
  readonly origin: string;
  readonly listen: {
    readonly http: string;
    readonly certFile?: string | undefined;
    readonly keyFile?: string | undefined;
    readonly clientCaFile?: string | undefined;
    readonly behindProxy: boolean;
    readonly hosts: readonly string[];
  };
  readonly localRights: Config['localRights'];
  readonly authority: SettledAuthority & SettledPeople;
  readonly log: Omit<Config['log'], 'isOpen'> & {
    readonly open: boolean;
    readonly witnessesFile: string | null;
    readonly knownLogs: string | null;
  };
  readonly disk: Config['disk'];
  readonly guard: Config['guard'];
  readonly reviews: Config['reviews'];
  readonly audits: Config['audits'];
  readonly facts: Readonly<Record<string, { readonly url: string; readonly timeoutMs: number }>>;
  readonly upstreams: Config['upstreams'];
  readonly allowNetworks: readonly string[];
  readonly publishing: Config['publishing'];
  readonly tools: Config['tools'];
  readonly mcp: Config['mcp'];
  readonly approvals: Config['approvals'];
  readonly breakGlass: Config['breakGlass'];
  readonly console: SettledConsole;
  readonly notify: Config['notify'];
  readonly drills: Config['drills'];
  readonly revocations: Config['revocations'];
  readonly cuts: Config['cuts'];
  readonly supervision: Config['supervision'];
  readonly containers: Config['containers'];
  readonly limits: Config['limits'];
};

const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);
const DAY_MS = 86_400_000;
const MEBIBYTE = 1024 * 1024;

const address = z
  .string()
  .regex(/^(?:none|(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5})$/, 'must be `host:port` or `none`');
const origin = z
  .string()
  .max(255)
  .regex(
    /^[^\p{White_Space}\p{Cc}+:]+$/u,
    'must be a URL without scheme, such as `ledger.example/agents/prod`',
  );
const fact = z.strictObject({ url: z.url(), timeoutMs: count(1, 60_000).default(2_000) });

const schema: z.ZodType<Settled> = z.strictObject({
  data: z.string().min(1).optional(),
  rootKey: z.string().min(1).optional(),
  origin: origin.default('localhost/plumbline'),
  listen: z
    .strictObject({
      http: address.default('127.0.0.1:7411'),
      certFile: z.string().min(1).optional(),
      keyFile: z.string().min(1).optional(),
      clientCaFile: z.string().min(1).optional(),
      behindProxy: z.boolean().default(false),
      hosts: z.array(z.string().min(1)).max(100).default([]),
    })
    .prefault({}),
  localRights: z.enum(['all', 'enforce']).default('all'),
  authority: z
    .strictObject({ ...authorityShapes, ...peopleShapes })
    .prefault({ issuers: [], workloads: [], webauthn: {}, grants: [] }),
  log: z
    .strictObject({
      open: z.boolean().default(true),
      publishEveryMs: count(10, 3_600_000).default(1_000),
      heartbeatMs: count(100, DAY_MS).default(60_000),
      segmentBytes: count(MEBIBYTE, 1024 * MEBIBYTE).default(16 * MEBIBYTE),
      rollAtEntries: count(1_000, 2 ** 40)
        .nullable()
        .default(null),
      keepDays: count(1, 36_500).nullable().default(null),
      witnesses: z.string().min(1).nullable().default(null),
      witnessesFile: z.string().min(1).nullable().default(null),
      knownLogs: z.string().min(1).nullable().default(null),
      timestamps: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null),
    })
    .prefault({}),
  disk: z
    .strictObject({
      warnBytes: count(0, 2 ** 50).default(1024 * MEBIBYTE),
      refuseBytes: count(0, 2 ** 50).default(128 * MEBIBYTE),
    })
    .prefault({}),
  guard: z
    .strictObject({
      permitMs: count(100, 3_600_000).default(30_000),
      approvalMs: count(1_000, 3_600_000).default(300_000),
      leaseMs: count(100, 60_000).default(2_000),
      gatherMs: count(1, 60_000).default(2_000),
      waiting: count(1, 100_000).default(1_000),
      sessionIdleMs: count(1_000, 30 * DAY_MS).default(DAY_MS),
    })
    .prefault({}),
  reviews: z
    .strictObject({
      actions: count(1, 1_000).default(3),
      sessions: count(1, 1_000).default(3),
      windowMs: count(1_000, 366 * DAY_MS).default(7 * DAY_MS),
      halts: z.boolean().default(false),
    })
    .prefault({}),
  audits: auditsShape,
  facts: z.record(z.string().min(1), fact).default({}),
  upstreams: upstreams.default({}),
  allowNetworks: z.array(z.string().min(1)).max(1_000).default([]),
  publishing: z
    .strictObject({
      people: z.union([z.literal(1), z.literal(2)]).default(1),
      signers: z.array(z.string().min(1)).max(100).default([]),
    })
    .prefault({}),
  mcp: mcpShape.default({}),
  tools: z.strictObject({ firstSight: z.enum(['pin', 'ask']).default('pin') }).prefault({}),
  approvals: approvalsShape,
  breakGlass: breakGlassShape,
  console: consoleShape,
  notify: notifyShape,
  drills: drillsShape,
  revocations: revocationsShape,
  cuts: cutsShape,
  supervision: supervisionShape,
  containers: containersShape,
  limits: z
    .strictObject({
      bodyBytes: count(1_024, 64 * MEBIBYTE).default(MEBIBYTE),
      requestsPerMinute: count(1, 10_000_000).default(600_000),
      badKeysPerMinute: count(1, 1_000_000).default(30),
      mcpClients: count(1, 10_000).default(1_000),
      mcpRequests: count(1, 10_000).default(256),
      mcpIdleMs: count(1_000, DAY_MS).default(1_800_000),
    })
    .prefault({}),
});

/** Returns the settings of an object in the form of the configuration file, or what is wrong. */
export function parseSettings(raw: unknown): z.ZodSafeParseResult<Settled> {
  return schema.safeParse(raw);
}
