import { z } from 'zod';

import type { Labels } from '../containers/selection.ts';

/** A kind of object of a cluster by where it is served. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
};

/** What makes pods, and how it is told to make none. */
export type Workload = Resource & {
  readonly kind: string;
  /**
   * `scale`: so many replicas; `suspend`: nothing is begun any more; `unplace`: there is no node
   * that it may be placed on.
   */
  readonly ends: 'scale' | 'suspend' | 'unplace';
  /** What is made by another of these comes after those. */
  readonly isMade: boolean;
};

/** Every kind that comes with Kubernetes and makes pods. */
export const WORKLOADS: readonly Workload[] = [
  made('apps', 'deployments', { kind: 'Deployment', ends: 'scale', isMade: false }),
  made('apps', 'statefulsets', { kind: 'StatefulSet', ends: 'scale', isMade: false }),
  made('apps', 'daemonsets', { kind: 'DaemonSet', ends: 'unplace', isMade: false }),
  made('batch', 'cronjobs', { kind: 'CronJob', ends: 'suspend', isMade: false }),
  made('', 'replicationcontrollers', {
    kind: 'ReplicationController',
    ends: 'scale',
    isMade: false,
  }),
  made('apps', 'replicasets', { kind: 'ReplicaSet', ends: 'scale', isMade: true }),
  made('batch', 'jobs', { kind: 'Job', ends: 'suspend', isMade: true }),
];

function made(
  group: string,
  plural: string,
  of: Pick<Workload, 'kind' | 'ends' | 'isMade'>,
): Workload {
  return { group, version: 'v1', plural, ...of };
}

/** The pods of a cluster. */
export const PODS: Resource = { group: '', version: 'v1', plural: 'pods' };

/** What keeps packets from pods. */
export const POLICIES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
};

/** Who made an object and keeps it as it is. */
export type Owner = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean | undefined;
};

/** The parts that are read of an object; whatever else it has is left alone. */
export type Listed = {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly ownerReferences?: readonly Owner[] | undefined;
    readonly deletionGracePeriodSeconds?: number | undefined;
  };
  readonly spec: {
    readonly replicas?: number | undefined;
    readonly suspend?: boolean | undefined;
    readonly template?: Template | undefined;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } } | undefined;
  };
  readonly status: {
    readonly phase?: string | undefined;
    readonly conditions?: readonly Condition[] | undefined;
  };
};

type Condition = { readonly type: string; readonly status: string };
type Template = {
  readonly metadata: { readonly labels: Labels };
  readonly spec: { readonly nodeSelector: Labels };
};

/** One page of a list. */
export type Page = { readonly items: readonly Listed[]; readonly next: string | null };

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((all) => all ?? {});
const template = z.looseObject({
  metadata: z
    .looseObject({ labels: texts })
    .nullish()
    .transform((of) => of ?? { labels: {} }),
  spec: z.looseObject({ nodeSelector: texts }),
});
const owner = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  controller: z.boolean().optional(),
});

/** The shape of one object. */
export const listed: z.ZodType<Listed> = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    labels: texts,
    annotations: texts,
    ownerReferences: z.array(owner).optional(),
    deletionGracePeriodSeconds: z.number().optional(),
  }),
  // A kind of somebody's own may do without.
  spec: z
    .looseObject({
      replicas: z.number().optional(),
      suspend: z.boolean().optional(),
      template: template.optional(),
      jobTemplate: z.looseObject({ spec: z.looseObject({ template }) }).optional(),
    })
    .optional()
    .transform((of) => of ?? {}),
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
    })
    .optional()
    .transform((of) => of ?? {}),
});

/** The shape of one page of a list. */
export const page: z.ZodType<Page> = z
  .looseObject({
    items: z.array(listed),
    // The client has another name for it where it knows the kind.
    metadata: z
      .looseObject({ continue: z.string().optional(), _continue: z.string().optional() })
      .optional(),
  })
  .transform(({ items, metadata }) => {
    const next = metadata?.continue ?? metadata?.['_continue'] ?? '';
    return { items, next: next === '' ? null : next };
  });

/** Returns what the pods that an object makes are made after, or null where it makes none. */
export function templateOf({ spec }: Listed): Template | null {
  return spec.template ?? spec.jobTemplate?.spec.template ?? null;
}
