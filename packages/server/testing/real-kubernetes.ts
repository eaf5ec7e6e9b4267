// Ends agents in a control plane of Kubernetes that really runs, and fails where one is left. It is
// built once from its Go modules, which takes some minutes:
// `node --conditions=plumbline-source packages/server/testing/real-kubernetes.ts FOLDER`
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';

import type { KubernetesTarget } from '../src/config/containers.ts';
import type { Halted } from '../src/executors/executor.ts';
import { examineKubernetes } from '../src/executors/kubernetes/examine.ts';
import { endOnKubernetes } from '../src/executors/kubernetes/kubernetes.ts';
import { makeReadSecret } from '../src/notify/read-secret.ts';
import { buildCluster, startCluster } from './real-cluster.ts';

const folder = resolve(process.argv[2] ?? 'kubernetes-built');
buildCluster(folder);
const running = await startCluster(folder);
process.once('exit', running.stop);
process.once('SIGINT', () => process.exit(130));
const keepAlive = setInterval(() => undefined, 1_000);

const kube = new KubeConfig();
kube.loadFromFile(running.admin);
const objects = KubernetesObjectApi.makeApiClient(kube);
const core = kube.makeApiClient(CoreV1Api);

const admin = { kind: 'file', path: running.admin } as const;
const needs = {
  egress: { addressOf: async (address: string) => ({ ok: true, address }) as const },
  readSecret: makeReadSecret(null),
  pace: { deadlineMs: 15_000, pauseMs: 50, settleMs: 250 },
};
const target: KubernetesTarget = {
  kind: 'kubernetes',
  agents: null,
  labels: { agent: 'plumbline.agent', session: 'plumbline.session', room: 'plumbline.room' },
  kubeconfig: { kind: 'file', path: running.nobody },
  context: null,
  namespaces: ['default'],
  graceSeconds: 1,
  cut: true,
};
const HALTED: Halted = {
  halt: 'hlt_Real',
  agent: 'banking',
  scope: 'agent',
  target: '',
  epoch: 1,
  sessions: null,
};

type Made = KubernetesObject & { readonly spec?: object };

async function create(made: Made): Promise<void> {
  await objects.create(made);
}

const container = { name: 'agent', image: 'agent' };
const labelled = (agent: string, more: object = {}): object => ({
  metadata: { labels: { app: agent, 'plumbline.agent': agent, ...more } },
  spec: { containers: [container] },
});

function deployed(name: string, agent: string, replicas: number): Made {
  const spec = { replicas, selector: { matchLabels: { app: agent } }, template: labelled(agent) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec,
  };
}

function pod(name: string, more: object = {}, metadata: object = {}): Made {
  const labels = { 'plumbline.agent': 'banking', ...more };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels, ...metadata },
    spec: { containers: [container] },
  };
}

/** Serves a kind that has a scale, and makes its pods again and again as it wants. */
async function keepRollout(): Promise<void> {
  const group = 'example.com';
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { scale } };
  const names = { plural: 'rollouts', singular: 'rollout', kind: 'Rollout' };
  const custom = kube.makeApiClient(CustomObjectsApi);
  // The client that knows kinds would leave out what the schema keeps.
  await custom.createClusterCustomObject({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `rollouts.${group}` },
      spec: { group, scope: 'Namespaced', names, versions: [version] },
    },
  });
  const at = { group, version: 'v1', namespace: 'default', plural: 'rollouts' };
  const spec = { replicas: 2, template: labelled('banking') };
  const metadata = { name: 'canary', namespace: 'default' };
  const body = { apiVersion: `${group}/v1`, kind: 'Rollout', metadata, spec };
  await until('the kind is served', async () => {
    await custom.createNamespacedCustomObject({ ...at, body });
    return true;
  });
  let made = 0;
  setInterval(() => void keep().catch(() => undefined), 50).unref();
  const keep = async (): Promise<void> => {
    const rollout: unknown = await custom.getNamespacedCustomObject({ ...at, name: 'canary' });
    const { uid } = Object(Reflect.get(Object(rollout), 'metadata'));
    const wanted: unknown = Reflect.get(Object(Reflect.get(Object(rollout), 'spec')), 'replicas');
    if ((await podsOf('banking')).length >= Number(wanted)) return;
    const owner = {
      apiVersion: `${group}/v1`,
      kind: 'Rollout',
      name: 'canary',
      uid,
      controller: true,
    };
    await create(pod(`canary-${(made += 1)}`, {}, { ownerReferences: [owner] }));
  };
  await until('its pods run', async () => (await podsOf('banking')).length >= 2);
}

async function podsOf(agent: string): Promise<readonly string[]> {
  const labelSelector = `plumbline.agent=${agent}`;
  const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector });
  return items.map(({ metadata }) => metadata?.name ?? '').toSorted();
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isSo().catch(() => false)) return;
    await pause(100);
  }
  throw new Error(`it never came to: ${what}`);
}

async function timed(
  name: string,
  halted: Halted,
  over: Partial<KubernetesTarget> = {},
): Promise<void> {
  const begun = performance.now();
  const attempt = await endOnKubernetes({ ...target, ...over }, needs, halted);
  const ms = Math.round(performance.now() - begun);
  process.stdout.write(`${name}: ${JSON.stringify(attempt)} after ${ms} ms\n`);
  assert.equal(attempt.state, 'done');
}

await until('the API answers', async () => {
  const { items } = await core.listNamespacedServiceAccount({ namespace: 'default' });
  return items.length > 0;
});

const before = await examineKubernetes(target, needs);
assert.equal(before.faults.length, 17, 'somebody without rights lacks all of them');
const guide = readFileSync(new URL('../../../docs/containers.md', import.meta.url), 'utf8');
const rules = /```yaml\n([^]*?)```/.exec(guide)?.[1] ?? '';
for (const each of parseAllDocuments(rules)) await create(each.toJSON());
await until('the rights of the guide are given', async () => {
  return (await examineKubernetes(target, needs)).faults.length === 0;
});
process.stdout.write(
  `${(await examineKubernetes(target, needs)).says}: the guide's rights are enough\n`,
);

await create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'away' } });
await create(deployed('web', 'banking', 3));
await create(deployed('other', 'support', 2));
const apps = { apiVersion: 'apps/v1', metadata: { name: 'all', namespace: 'default' } };
const all = { app: 'all', 'plumbline.agent': 'banking' };
const template = { metadata: { labels: all }, spec: { containers: [container] } };
const selector = { matchLabels: { app: 'all' } };
await create({
  ...apps,
  kind: 'StatefulSet',
  spec: { replicas: 2, serviceName: 'all', selector, template },
});
await create({ ...apps, kind: 'DaemonSet', spec: { selector, template } });
const restartless = {
  ...labelled('banking'),
  spec: { containers: [container], restartPolicy: 'Never' },
};
const once = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: 'default' },
};
await create({ ...once, spec: { template: restartless } });
const nightly = { schedule: '* * * * *', jobTemplate: { spec: { template: restartless } } };
const cron = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'n', namespace: 'default' },
};
await create({ ...cron, spec: nightly });
const old = { app: 'old', 'plumbline.agent': 'banking' };
const replication = {
  replicas: 1,
  selector: { app: 'old' },
  template: { metadata: { labels: old }, spec: { containers: [container] } },
};
const controller = { apiVersion: 'v1', kind: 'ReplicationController' };
await create({ ...controller, metadata: { name: 'old', namespace: 'default' }, spec: replication });
await create(pod('bare'));
await until('everything runs', async () => {
  return (await podsOf('banking')).length >= 9 && (await podsOf('support')).length === 2;
});
await timed('the agent', HALTED);
await pause(2_000);
assert.deepEqual(await podsOf('banking'), [], 'nothing comes back');
assert.equal((await podsOf('support')).length, 2, 'nobody else was ended');
await timed('the agent once more', HALTED);

await create(pod('one', { 'plumbline.session': 's1' }));
await create(pod('two', { 'plumbline.session': 's2' }));
await timed('a session', { ...HALTED, halt: 'hlt_Session', scope: 'session', target: 's1' });
assert.deepEqual(await podsOf('banking'), ['two']);

const binding = { metadata: { name: 'two' }, target: { kind: 'Node', name: 'away' } };
await core
  .createNamespacedPodBinding({ name: 'two', namespace: 'default', body: binding })
  .catch(() => undefined);
const quick = { ...needs, pace: { ...needs.pace, deadlineMs: 1_500 } };
const unconfirmed = await endOnKubernetes(target, quick, HALTED);
process.stdout.write(`a node that is away: ${JSON.stringify(unconfirmed)}\n`);
assert.match(JSON.stringify(unconfirmed), /"failed".*1 still there/);
await timed('without waiting for the node', HALTED, { graceSeconds: 0 });
assert.deepEqual(await podsOf('banking'), []);

await keepRollout();
await timed('a kind of its own', { ...HALTED, halt: 'hlt_Own' }, { kubeconfig: admin });
await pause(1_000);
assert.deepEqual(await podsOf('banking'), []);
process.stdout.write('1 control plane, 9 kinds of what makes pods: nothing was left\n');
clearInterval(keepAlive);
running.stop();
