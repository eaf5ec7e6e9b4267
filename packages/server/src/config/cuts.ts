import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { mayReach, parseNetwork } from '../egress/address.ts';
import { agentName } from './notify-schema.ts';

/** What is cut off from every network once one of its agents is halted as a whole. */
export type Cut = {
  readonly agents: readonly string[];
  /** Users of this machine, by number. */
  readonly users: readonly number[];
  /** Addresses and networks, such as those of a virtual machine. */
  readonly sources: readonly string[];
  /** Control groups of the second version, by their path in its tree. */
  readonly cgroups: readonly string[];
  /** Network name spaces, by the name `ip netns` knows or an absolute path. */
  readonly namespaces: readonly string[];
};

/** Every one of them, by name. */
export type Cuts = Readonly<Record<string, Cut>>;

/** What the daemon and everybody else on the machine speak over. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

const source = z
  .string()
  .max(64)
  .superRefine((text, context) => {
    const network = parseNetwork(text);
    const message =
      network === undefined
        ? 'must be an address or a network such as 10.0.3.0/24'
        : LOOPBACK.some((each) => mayReach(each, [network]))
          ? "must not hold the machine's own loopback"
          : null;
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
const user = z
  .number()
  .int()
  .min(1, 'must be the number of a user who is not root')
  .max(4_294_967_294)
  .refine((uid) => uid !== process.getuid?.(), "must not be the daemon's own user");
const path = (what: RegExp, says: string) => z.string().max(512).regex(what, says);
const cgroup = path(
  /^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9_.@:-]+(?:\/[A-Za-z0-9_.@:-]+)*$/,
  'must be the path of a control group, such as system.slice/agent.service',
);
const namespace = path(
  /^(?!.*(?:^|\/)\.\.?(?:\/|$))\/?[A-Za-z0-9_.@:-]+(?:\/[A-Za-z0-9_.@:-]+)*$/,
  'must be the name of a network name space, or the absolute path of its file',
);
const some = <T extends z.ZodType>(each: T) => z.array(each).max(100).default([]);

const cut: z.ZodType<Cut> = z
  .strictObject({
    agents: z.array(agentName).min(1).max(1_000),
    users: some(user),
    sources: some(source),
    cgroups: some(cgroup),
    namespaces: some(namespace),
  })
  .refine(
    ({ users, sources, cgroups, namespaces }) =>
      users.length + sources.length + cgroups.length + namespaces.length > 0,
    'must name what is cut: `users`, `sources`, `cgroups` or `namespaces`',
  );

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a short name of lower-case letters, digits and `-`');

/** The shape of the setting `cuts`. */
export const cutsShape: z.ZodType<Cuts> = z
  .record(name, cut)
  .refine((all) => Object.keys(all).length <= 64, 'takes 64 at most')
  .default({});

/** Returns the setting as it is shown. */
export function printCuts(cuts: Cuts): JsonObject {
  const shown = Object.entries(cuts).map(([key, each]): [string, JsonObject] => {
    const { agents, users, sources, cgroups, namespaces } = each;
    const lists = { sources: [...sources], cgroups: [...cgroups], namespaces: [...namespaces] };
    return [key, { agents: [...agents], users: [...users], ...lists }];
  });
  return Object.fromEntries(shown);
}
