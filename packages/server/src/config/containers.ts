import { isAbsolute } from 'node:path';

import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { isLoopback } from './loopback.ts';
import type { SecretSource } from './notify.ts';
import { agentName, printSecret, secret } from './notify-schema.ts';

/** Which labels say whose a container or pod is. */
export type ContainerLabels = {
  readonly agent: string;
  readonly session: string;
  readonly room: string;
};

type Shared = {
  /** Whose halts; null: every agent's. */
  readonly agents: readonly string[] | null;
  readonly labels: ContainerLabels;
};

/** Where an engine of Docker listens. */
export type DockerHost =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Containers and services of an engine of Docker, or of whatever speaks its API. */
export type DockerTarget = Shared & {
  readonly kind: 'docker';
  readonly host: DockerHost;
  readonly tls: {
    readonly caFile: string;
    readonly certFile: string;
    readonly key: SecretSource;
  } | null;
  /** How long a container may take to end by itself before it is killed. */
  readonly graceSeconds: number;
  /** Whether it is taken from its networks. */
  readonly cut: boolean;
  /** Whether nothing of it is left. */
  readonly remove: boolean;
};

/** Pods of a cluster, and what makes them. */
export type KubernetesTarget = Shared & {
  readonly kind: 'kubernetes';
  /** Null: the service account of the pod that the daemon runs in. */
  readonly kubeconfig: SecretSource | null;
  /** Null: the one that the file says is current. */
  readonly context: string | null;
  /** Null: all of them. */
  readonly namespaces: readonly string[] | null;
  /** 0 takes the pod out of the cluster's books without waiting for its node. */
  readonly graceSeconds: number;
  /** Whether a policy lets none of their packets through. */
  readonly cut: boolean;
};

/** Something that runs containers of agents. */
export type ContainerTarget = DockerTarget | KubernetesTarget;

/** Every one of them, by name. */
export type ContainerTargets = Readonly<Record<string, ContainerTarget>>;

const file = z.string().max(4_096).refine(isAbsolute, 'must be an absolute path');

// Source: Kubernetes, "Labels and Selectors", syntax; Docker takes any text.
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelKey = z.string().refine((text) => {
  const [first = '', second, ...more] = text.split('/');
  if (second === undefined) return NAME.test(first);
  return more.length === 0 && PREFIX.test(first) && NAME.test(second);
}, 'must be the key of a label, such as `plumbline.agent`');

const labels = z
  .strictObject({
    agent: labelKey.default('plumbline.agent'),
    session: labelKey.default('plumbline.session'),
    room: labelKey.default('plumbline.room'),
  })
  .prefault({});

const shared = {
  agents: z.array(agentName).min(1).max(1_000).nullable().default(null),
  labels,
};

const dockerHost: z.ZodType<DockerHost, string> = z
  .string()
  .max(4_096)
  .transform((text, context): DockerHost => {
    const path = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
    if (path !== undefined) return { kind: 'socket', path };
    const url = /^tcp:\/\/[^/?#@]+$/.test(text) ? URL.parse(text.replace(/^tcp:/, 'http:')) : null;
    if (url === null) {
      const message = 'must be `unix:///path/of/the.sock` or `tcp://host:port`';
      context.addIssue({ code: 'custom', message });
      return { kind: 'socket', path: '' };
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return { kind: 'tcp', host, port: url.port === '' ? 2_376 : Number(url.port) };
  });

const docker = z
  .strictObject({
    kind: z.literal('docker'),
    ...shared,
    host: dockerHost.prefault('unix:///var/run/docker.sock'),
    tls: z.strictObject({ caFile: file, certFile: file, key: secret }).nullable().default(null),
    graceSeconds: z.number().int().min(0).max(60).default(0),
    cut: z.boolean().default(true),
    remove: z.boolean().default(false),
  })
  .superRefine(({ host, tls }, context) => {
    const add = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (host.kind === 'socket' && tls !== null) add('tls', 'goes with `tcp://` alone');
    if (host.kind === 'tcp' && tls === null && !isLoopback(host.host)) {
      add('tls', 'is wanted: whoever reaches an engine without it is root there');
    }
  });

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a namespace');

const kubernetes = z.strictObject({
  kind: z.literal('kubernetes'),
  ...shared,
  kubeconfig: secret.nullable().default(null),
  context: z.string().min(1).max(512).nullable().default(null),
  namespaces: z.array(dnsLabel).min(1).max(100).nullable().default(null),
  graceSeconds: z.number().int().min(0).max(60).default(1),
  cut: z.boolean().default(false),
});

const target: z.ZodType<ContainerTarget> = z.discriminatedUnion('kind', [docker, kubernetes]);

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a short name of lower-case letters, digits and `-`');

/** The shape of the setting `containers`. */
export const containersShape: z.ZodType<ContainerTargets> = z
  .record(name, target)
  .refine((all) => Object.keys(all).length <= 64, 'takes 64 at most')
  .default({});

/** Returns the setting as it is shown: it names where secrets are and holds none. */
export function printContainers(targets: ContainerTargets): JsonObject {
  return Object.fromEntries(Object.entries(targets).map(([key, each]) => [key, printOne(each)]));
}

function printOne(each: ContainerTarget): JsonObject {
  const agents = each.agents === null ? null : [...each.agents];
  const whose = { agents, labels: { ...each.labels } };
  if (each.kind === 'docker') {
    const { tls } = each;
    const shown = tls === null ? null : { ...tls, key: printSecret(tls.key) };
    return { ...each, ...whose, host: printHost(each.host), tls: shown };
  }
  const namespaces = each.namespaces === null ? null : [...each.namespaces];
  return { ...each, ...whose, namespaces, kubeconfig: printSecret(each.kubeconfig) };
}

/** Returns the address of an engine as Docker's own tools write it. */
export function printHost(host: DockerHost): string {
  if (host.kind === 'socket') return `unix://${host.path}`;
  const bare = host.host.includes(':') ? `[${host.host}]` : host.host;
  return `tcp://${bare}:${host.port}`;
}
