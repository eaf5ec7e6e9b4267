import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { parseNetwork } from '../egress/address.ts';
import { parseAllowed } from '../egress/allow-list.ts';

/** How far supervised agents may reach and what they may use; null: as whoever starts it says. */
export type SupervisionRule = {
  /** `host`, `host:port`, `*.host:port`. */
  readonly hosts: readonly string[];
  /** Private networks in which such a host may lie. */
  readonly networks: readonly string[];
  readonly limits: {
    readonly memoryBytes: number | null;
    readonly processes: number | null;
    readonly cpuMs: number | null;
    readonly timeMs: number | null;
    readonly busyMs: number | null;
    readonly idleMs: number | null;
  };
};

/** By agent; `*` is every agent that is not named. */
export type Supervision = Readonly<Record<string, SupervisionRule>>;

/** The rule of every agent that has none of its own. */
export const EVERY_OTHER: string = '*';

const bound = (most: number) => z.number().int().min(1).max(most).nullable().default(null);
const YEAR_MS = 366 * 86_400_000;

const host = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const parsed = parseAllowed(text);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  });
const network = z
  .string()
  .max(64)
  .refine((text) => parseNetwork(text) !== undefined, 'must be a network such as 10.0.0.0/8');

/** The shape of what is said of one agent. */
export const supervisionRule: z.ZodType<SupervisionRule> = z.strictObject({
  hosts: z.array(host).max(1_000).default([]),
  networks: z.array(network).max(1_000).default([]),
  limits: z
    .strictObject({
      memoryBytes: bound(2 ** 50),
      processes: bound(1_000_000),
      cpuMs: bound(YEAR_MS),
      timeMs: bound(YEAR_MS),
      busyMs: bound(YEAR_MS),
      idleMs: bound(YEAR_MS),
    })
    .prefault({}),
});

const agent = z
  .string()
  .regex(/^(?:\*|[a-z][a-z0-9-]{0,62})$/, 'must be the name of an agent, or `*` for every other');

/** The shape of the setting `supervision`. */
export const supervisionShape: z.ZodType<Supervision> = z
  .record(agent, supervisionRule)
  .refine((all) => Object.keys(all).length <= 10_000, 'takes 10000 at most')
  .default({});

/** Returns the rule of an agent; null where nothing is said of it. */
export function supervisionOf(supervision: Supervision, name: string): SupervisionRule | null {
  const found = Object.hasOwn(supervision, name) ? supervision[name] : supervision[EVERY_OTHER];
  return found ?? null;
}

/** Returns the setting as it is shown. */
export function printSupervision(supervision: Supervision): JsonObject {
  const shown = Object.entries(supervision).map(([name, each]): [string, JsonObject] => {
    const { hosts, networks, limits } = each;
    return [name, { hosts: [...hosts], networks: [...networks], limits: { ...limits } }];
  });
  return Object.fromEntries(shown);
}
