import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

/** How a server is reached: started by a command, or at an address. */
export type McpReach =
  | {
      readonly command: readonly string[];
      /** Set for the server beside what the daemon's own environment holds. */
      readonly environment: Readonly<Record<string, string>>;
    }
  | {
      readonly url: string;
      /** What credentials of the vault are called that go with requests; null: none do. */
      readonly credentials: McpCredentials | null;
    };

/** Names or ids of credentials, by what the actions do that they are for; null: there is none. */
export type McpCredentials = { readonly read: string | null; readonly write: string | null };

/** How much of one server is taken. Times are in milliseconds. */
export type McpLimits = {
  /** How long the handshake with it may take, starting it included. */
  readonly handshakeMs: number;
  /** How long a call may take. */
  readonly callMs: number;
  /** How long a call waits for a person or for facts. */
  readonly waitMs: number;
  /** Requests of a client that it is sent at once. */
  readonly requests: number;
  /** The longest message of it that is read, and the largest answer that is released, in bytes. */
  readonly messageBytes: number;
  readonly answerBytes: number;
};

/** A server behind the gateway over HTTP. */
export type McpServer = {
  /** Whether clients see its names as they are; at most one server of an agent may. */
  readonly plain: boolean;
  /** Whether its names stand in the pact as they are too; for an agent's only server. */
  readonly bare: boolean;
  readonly limits: McpLimits;
  /** Where calls of staged tools go, under the name that the pact calls it. */
  readonly staging: ({ readonly name: string } & McpReach) | null;
} & McpReach;

/** What the gateway over HTTP serves one agent. */
export type McpAgent = {
  /** By the namespace that their names get. */
  readonly servers: Readonly<Record<string, McpServer>>;
  /** Whom a session is for where the client names none; null: the client has to name one. */
  readonly session: {
    readonly principal: string;
    readonly task: string | null;
    readonly room: string | null;
    readonly attributes: JsonObject;
  } | null;
  /** Whether a person who shows a token of their own is asked at the client for approvals. */
  readonly elicitApprovals: boolean;
};

/** What the gateway over HTTP serves, by agent. */
export type McpConfig = Readonly<Record<string, McpAgent>>;

const command = {
  command: z.array(z.string().min(1)).min(1).max(100),
  environment: z.record(z.string(), z.string()).default({}),
};
const credential = z.string().min(1).max(200).nullable().default(null);
const credentials = z
  .strictObject({ read: credential, write: credential })
  .refine(({ read, write }) => read !== null || write !== null, 'must name `read` or `write`')
  .nullable()
  .default(null);
const address = { url: z.url({ protocol: /^https?$/ }), credentials };

const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);
const limits = z
  .strictObject({
    handshakeMs: count(100, 120_000).default(10_000),
    callMs: count(1, 3_600_000).default(600_000),
    waitMs: count(0, 600_000).default(45_000),
    requests: count(1, 10_000).default(256),
    messageBytes: count(1_024, 67_108_864).default(4_194_304),
    answerBytes: count(1, 786_432).default(786_432),
  })
  .prefault({});

const stagingName = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be a name as in the pact')
    .default('staging'),
};
const shared = {
  plain: z.boolean().default(false),
  bare: z.boolean().default(false),
  limits,
  staging: z
    .union([
      z.strictObject({ ...stagingName, ...command }),
      z.strictObject({ ...stagingName, ...address }),
    ])
    .nullable()
    .default(null),
};

const server = z.union([
  z.strictObject({ ...shared, ...command }),
  z.strictObject({ ...shared, ...address }),
]);

const attributes: z.ZodType<JsonObject, JsonObject | undefined> = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null)
  .default({});

const session = z.strictObject({
  principal: z.string().min(1).max(1_000),
  task: z.string().min(1).nullable().default(null),
  room: z.string().min(1).nullable().default(null),
  attributes,
});

/** The shape of the setting `mcp`. */
export const mcpShape: z.ZodType<McpConfig> = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the id of an agent'),
  z.strictObject({
    servers: z
      .record(
        z.string().regex(/^[a-z][a-z0-9]{0,30}$/, 'must be a short name of lower-case letters'),
        server,
      )
      .refine(
        (servers) => Object.values(servers).filter((each) => each.plain).length <= 1,
        'only one server may be `plain`: names of two could be the same',
      )
      .refine(
        (servers) =>
          Object.keys(servers).length === 1 || !Object.values(servers).some(({ bare }) => bare),
        "only an agent's one server may be `bare`: names of two could be the same",
      ),
    session: session.nullable().default(null),
    elicitApprovals: z.boolean().default(false),
  }),
);

/** Returns the setting as it is shown: without what the environment of servers holds. */
export function printMcp(config: McpConfig): JsonObject {
  const shown = Object.entries(config).map(([agent, agentServed]) => {
    const { servers, session: own, elicitApprovals } = agentServed;
    const named = Object.entries(servers).map(([name, each]): [string, JsonObject] => {
      const { plain, bare, staging, limits: bounds } = each;
      const beside = staging === null ? null : { name: staging.name, ...printReach(staging) };
      return [name, { plain, bare, ...printReach(each), limits: { ...bounds }, staging: beside }];
    });
    const shownServers = Object.fromEntries(named);
    return [agent, { servers: shownServers, session: own, elicitApprovals }] as const;
  });
  return Object.fromEntries(shown);
}

function printReach(reach: McpReach): JsonObject {
  if ('url' in reach) {
    const { url, credentials: named } = reach;
    return { url: withoutCredentials(url), credentials: named === null ? null : { ...named } };
  }
  return { command: [...reach.command], environment: Object.keys(reach.environment) };
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
