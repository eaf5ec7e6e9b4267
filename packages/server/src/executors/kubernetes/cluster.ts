import type * as Client from '@kubernetes/client-node';
import { z } from 'zod';

import { act, ask } from '../containers/ask.ts';
import { type Asked, given, lasting, refused } from '../containers/fault.ts';
import { type Listed, listed, page, type Page, type Resource } from './resources.ts';

/** An object by its place. */
export type Named = { readonly namespace: string; readonly name: string };

/** What somebody may do, for those who ask whether they may. */
export type Right = {
  readonly verb: 'list' | 'get' | 'patch' | 'delete' | 'create';
  readonly resource: Resource;
  readonly subresource?: 'scale';
};

/** How a kind is served, for those who know only its name. */
export type Served = { readonly plural: string; readonly isScaled: boolean };

/**
 * A cluster of Kubernetes, as far as halts need it.
 *
 * Contract: no call rejects; each is answered within seconds; what is gone already is ended.
 */
export type Cluster = {
  readonly where: string;
  readonly version: () => Promise<Asked<string>>;
  /** Null: of every namespace. */
  readonly list: (
    resource: Resource,
    namespace: string | null,
    labelSelector?: string,
  ) => Promise<Asked<readonly Listed[]>>;
  readonly get: (resource: Resource, named: Named) => Promise<Asked<Listed | null>>;
  readonly patch: (resource: Resource, named: Named, body: object) => Promise<Asked<null>>;
  readonly scaleToNone: (resource: Resource, named: Named) => Promise<Asked<null>>;
  readonly deletePod: (pod: Listed, graceSeconds: number) => Promise<Asked<null>>;
  readonly createPolicy: (namespace: string, policy: object) => Promise<Asked<null>>;
  readonly served: (apiVersion: string, kind: string) => Promise<Asked<Served | null>>;
  readonly mayI: (right: Right, namespace: string | null) => Promise<Asked<boolean>>;
};

/** The parts of the client that are used. */
export type Apis = {
  readonly core: Client.CoreV1Api;
  readonly custom: Client.CustomObjectsApi;
  readonly authorization: Client.AuthorizationV1Api;
  readonly version: Client.VersionApi;
  /** Says that a patch is a merge. Source: RFC 7396. */
  readonly merging: Parameters<Client.CustomObjectsApi['patchNamespacedCustomObject']>[1];
};

const PAGE = 500;
const MOST_PAGES = 100;

const versionShape = z.looseObject({ gitVersion: z.string() });
const reviewShape = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });
const servedShape = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string() })),
});

/** Returns a cluster whose API is asked by the client. */
export function clusterOf(apis: Apis, where: string): Cluster {
  return { where, ...readsOf(apis), ...writesOf(apis), ...knowsOf(apis) };
}

function readsOf({ core, custom }: Apis): Pick<Cluster, 'list' | 'get'> {
  return {
    list: (resource, namespace, labelSelector) => {
      return everyPage(resource, (next) => {
        const paging = { limit: PAGE, ...(next === null ? {} : { _continue: next }) };
        const query = labelSelector === undefined ? paging : { ...paging, labelSelector };
        if (resource.group !== '') {
          return namespace === null
            ? custom.listClusterCustomObject({ ...resource, ...query })
            : custom.listNamespacedCustomObject({ ...resource, namespace, ...query });
        }
        if (resource.plural === 'pods') {
          return namespace === null
            ? core.listPodForAllNamespaces(query)
            : core.listNamespacedPod({ namespace, ...query });
        }
        return namespace === null
          ? core.listReplicationControllerForAllNamespaces(query)
          : core.listNamespacedReplicationController({ namespace, ...query });
      });
    },
    get: (resource, named) =>
      ask(
        { what: `get ${resource.plural}`, gone: [404] },
        () => custom.getNamespacedCustomObject({ ...resource, ...named }),
        listed.nullable(),
      ),
  };
}

/** A list that changed so much that it cannot be gone on with (410) is begun afresh once. */
async function everyPage(
  { plural }: Resource,
  call: (next: string | null) => Promise<unknown>,
): Promise<Asked<readonly Listed[]>> {
  const all: Listed[] = [];
  let next: string | null = null;
  let isFresh = false;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const at: string | null = next;
    const gone: readonly number[] = isFresh || at === null ? [] : [410];
    const asked: Asked<Page | null> = await ask(
      { what: `list ${plural}`, gone },
      () => call(at),
      page.nullable(),
    );
    if (!asked.ok) return asked;
    if (asked.value === null) {
      all.length = 0;
      isFresh = true;
      next = null;
      continue;
    }
    all.push(...asked.value.items);
    ({ next } = asked.value);
    if (next === null) return given(all);
  }
  const most = `there are more than ${PAGE * MOST_PAGES} ${plural}`;
  return refused(lasting(`${most}: name \`namespaces\``));
}

type Writes = Pick<Cluster, 'patch' | 'scaleToNone' | 'deletePod' | 'createPolicy'>;

function writesOf({ core, custom, merging }: Apis): Writes {
  return {
    patch: (resource, named, body) =>
      act({ what: `patch ${resource.plural}`, gone: [404] }, () =>
        custom.patchNamespacedCustomObject({ ...resource, ...named, body }, merging),
      ),
    scaleToNone: (resource, named) =>
      act({ what: `scale ${resource.plural}`, gone: [404] }, () => {
        const body = { spec: { replicas: 0 } };
        return resource.group === ''
          ? core.patchNamespacedReplicationControllerScale({ ...named, body }, merging)
          : custom.patchNamespacedCustomObjectScale({ ...resource, ...named, body }, merging);
      }),
    // 409: the pod of that name is another by now.
    deletePod: ({ metadata: { name, namespace, uid } }, gracePeriodSeconds) =>
      act({ what: 'delete pods', gone: [404, 409] }, () => {
        const body = { gracePeriodSeconds, preconditions: { uid } };
        return core.deleteNamespacedPod({ name, namespace, body });
      }),
    // 409: it is there already.
    createPolicy: (namespace, body) =>
      act({ what: 'create networkpolicies', gone: [404, 409] }, () => {
        const policies = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
        return custom.createNamespacedCustomObject({ ...policies, namespace, body });
      }),
  };
}

function knowsOf({
  custom,
  authorization,
  version,
}: Apis): Pick<Cluster, 'version' | 'served' | 'mayI'> {
  return {
    version: async () => {
      const asked = await ask({ what: 'its version' }, () => version.getCode(), versionShape);
      return asked.ok ? given(asked.value.gitVersion) : asked;
    },
    served: async (apiVersion, kind) => {
      const [group = '', of] = apiVersion.split('/');
      if (of === undefined) return given(null);
      const asked = await ask(
        { what: 'list what is served', gone: [404] },
        () => custom.getAPIResources({ group, version: of }),
        servedShape.nullable(),
      );
      if (!asked.ok) return asked;
      const all = asked.value?.resources ?? [];
      const found = all.find(({ name, kind: its }) => its === kind && !name.includes('/'));
      if (found === undefined) return given(null);
      const isScaled = all.some(({ name }) => name === `${found.name}/scale`);
      return given({ plural: found.name, isScaled });
    },
    mayI: async ({ verb, resource: { group, plural }, subresource }, namespace) => {
      const of = subresource === undefined ? {} : { subresource };
      const where = namespace === null ? {} : { namespace };
      const resourceAttributes = { verb, group, resource: plural, ...of, ...where };
      const body = { spec: { resourceAttributes } };
      const asked = await ask(
        { what: 'review an access' },
        () => authorization.createSelfSubjectAccessReview({ body }),
        reviewShape,
      );
      return asked.ok ? given(asked.value.status.allowed) : asked;
    },
  };
}
