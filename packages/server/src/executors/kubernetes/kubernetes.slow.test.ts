import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type KubernetesApi, put } from '../../../testing/kubernetes-api.ts';
import {
  KUBERNETES_NEEDS as NEEDS,
  type KubernetesScene,
  openKubernetesScene,
} from '../../../testing/kubernetes-scene.ts';
import { hasOpenssl } from '../../../testing/openssl.ts';
import type { Halted } from '../executor.ts';
import { examineKubernetes } from './examine.ts';
import type { EndNeeds } from '../containers/end-needs.ts';
import { endOnKubernetes } from './kubernetes.ts';

const HALTED: Halted = {
  halt: 'hlt_1',
  agent: 'banking',
  scope: 'agent',
  target: '',
  epoch: 2,
  sessions: null,
};
const MINE = { 'plumbline.agent': 'banking' };
const DONE = { state: 'done' };
const LEFT = '1 still there: `kubectl get pods -A -l plumbline.agent=banking`';
// Long enough for two looks.
const QUICK: EndNeeds = { ...NEEDS, pace: { ...NEEDS.pace, deadlineMs: -900 } };

async function sceneFor(t: TestContext): Promise<KubernetesScene | null> {
  if (await hasOpenssl()) return openKubernetesScene(t);
  assert.notEqual(process.env['CI'], 'true', 'openssl is missing');
  t.skip('openssl is missing');
  return null;
}

function template(labels: object): object {
  return { metadata: { labels }, spec: { containers: [{ name: 'agent', image: 'agent' }] } };
}

/** Returns the names of what runs of an agent. */
function podsOf({ objects }: KubernetesApi, agent = 'banking'): readonly string[] {
  const own = objects.filter(({ of, metadata }) => {
    return of === '/pods' && metadata.labels?.['plumbline.agent'] === agent;
  });
  return own.map(({ metadata }) => metadata.name);
}

function specOf({ objects }: KubernetesApi, name: string): object {
  return objects.find(({ metadata }) => metadata.name === name)?.spec ?? {};
}

test('kubernetes: what makes the pods of an agent makes none any more, and they end', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  const mine = template(MINE);
  const web = put(api, ['apps/deployments', 'Deployment', 'web'], {
    spec: { replicas: 2, template: mine },
  });
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    uid: web.metadata.uid,
    controller: true,
  };
  put(api, ['apps/replicasets', 'ReplicaSet', 'web-1'], {
    spec: { replicas: 2, template: mine },
    ownerReferences: [owner],
  });
  put(api, ['apps/statefulsets', 'StatefulSet', 'store'], { spec: { template: mine } });
  put(api, ['apps/daemonsets', 'DaemonSet', 'each'], { spec: { template: mine } });
  put(api, ['batch/cronjobs', 'CronJob', 'nightly'], {
    spec: { jobTemplate: { spec: { template: mine } } },
  });
  put(api, ['batch/jobs', 'Job', 'once'], { spec: { template: mine } });
  put(api, ['/replicationcontrollers', 'ReplicationController', 'old'], {
    spec: { replicas: 1, template: mine },
  });
  put(api, ['/pods', 'Pod', 'bare'], { labels: MINE });
  const other = template({ 'plumbline.agent': 'support' });
  put(api, ['apps/replicasets', 'ReplicaSet', 'other'], { spec: { replicas: 1, template: other } });
  put(api, ['apps/deployments', 'Deployment', 'asleep'], { spec: { replicas: 1, template: mine } });
  assert.equal(podsOf(api).length, 8);
  // A page is smaller than what there is of some kinds.
  api.page = 2;
  assert.deepEqual(await endOnKubernetes(target, NEEDS, HALTED), DONE);
  assert.deepEqual(podsOf(api), []);
  assert.equal(podsOf(api, 'support').length, 1);
  assert.deepEqual(
    ['web', 'web-1', 'store', 'old', 'asleep'].map((name) =>
      Reflect.get(specOf(api, name), 'replicas'),
    ),
    [0, 0, 0, 0, 0],
  );
  assert.deepEqual(
    ['nightly', 'once'].map((name) => Reflect.get(specOf(api, name), 'suspend')),
    [true, true],
  );
  assert.match(JSON.stringify(specOf(api, 'each')), /"nodeSelector":\{"plumbline.halted":"true"\}/);
  assert.deepEqual(api.violations, []);
  assert.deepEqual(await endOnKubernetes(target, NEEDS, HALTED), DONE);
});

test('kubernetes: a pod that was labelled by hand ends alone', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  put(api, ['apps/replicasets', 'ReplicaSet', 'pool'], {
    spec: { replicas: 2, template: template(MINE) },
  });
  const [lent] = api.objects.filter(({ of }) => of === '/pods');
  assert.ok(lent !== undefined);
  lent.metadata.labels = { ...MINE, 'plumbline.session': 's1' };
  const before = lent.metadata.name;
  const one = { ...HALTED, scope: 'session', target: 's1' } as const;
  assert.deepEqual(await endOnKubernetes(target, NEEDS, one), DONE);
  assert.equal(podsOf(api).length, 2);
  assert.ok(!podsOf(api).includes(before));
  assert.equal(Reflect.get(specOf(api, 'pool'), 'replicas'), 2);
  assert.deepEqual(api.violations, []);
});

test('kubernetes: conflicts, limits of requests and expired lists are gone on with', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  put(api, ['apps/statefulsets', 'StatefulSet', 'store'], {
    spec: { replicas: 3, template: template(MINE) },
  });
  api.page = 1;
  api.expires = 1;
  api.instead.push({ on: /^PATCH .*scale$/, status: 409, times: 1 });
  api.instead.push({ on: /^GET .*deployments$/, status: 429, times: 1, retryAfter: 1 });
  api.instead.push({ on: /^DELETE/, status: 500, times: 1 });
  assert.deepEqual(await endOnKubernetes(target, NEEDS, HALTED), DONE);
  assert.deepEqual(podsOf(api), []);
  assert.deepEqual(api.violations, []);
});

test('kubernetes: a pod whose node is away is left, unless nobody waits for it', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  put(api, ['/pods', 'Pod', 'bare'], { labels: MINE });
  api.areNodesAway = true;
  assert.deepEqual(await endOnKubernetes(target, QUICK, HALTED), {
    state: 'failed',
    why: '1 still there: `kubectl get pods -A -l plumbline.agent=banking`',
  });
  assert.equal(api.asked.filter((each) => each.startsWith('DELETE')).length, 1);
  assert.deepEqual(await endOnKubernetes({ ...target, graceSeconds: 0 }, NEEDS, HALTED), DONE);
});

test('kubernetes: a kind of its own is scaled to none, or said to be left', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  put(api, ['example.com/rollouts', 'Rollout', 'canary'], {
    spec: { replicas: 2, template: template(MINE) },
  });
  const unknown = 'a Rollout (example.com/v1alpha1) keeps them and is none that can be stopped';
  const failed = {
    state: 'failed',
    why: `2 still there: \`kubectl get pods -A -l plumbline.agent=banking\`; ${unknown}`,
    isFinal: true,
  };
  assert.deepEqual(await endOnKubernetes(target, QUICK, HALTED), failed);
  const names = ['rollouts', 'rollouts/status', 'rollouts/scale'];
  api.served.set(
    'example.com/v1alpha1',
    names.map((name) => ({ name, kind: name.endsWith('scale') ? 'Scale' : 'Rollout' })),
  );
  assert.deepEqual(await endOnKubernetes(target, NEEDS, HALTED), DONE);
  assert.equal(Reflect.get(specOf(api, 'canary'), 'replicas'), 0);
  assert.deepEqual(api.violations, []);
});

test('kubernetes: a policy cuts off what is halted, once in each namespace', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  put(api, ['/pods', 'Pod', 'one'], { labels: MINE });
  put(api, ['/pods', 'Pod', 'two'], { labels: MINE, namespace: 'more' });
  assert.deepEqual(await endOnKubernetes({ ...target, cut: true }, NEEDS, HALTED), DONE);
  const policies = api.objects.filter(({ kind }) => kind === 'NetworkPolicy');
  assert.deepEqual(
    policies.map(({ metadata, spec }) => [metadata.namespace, metadata.name, spec]),
    [
      [
        'agents',
        'plumbline-hlt-1-banking-1',
        { podSelector: { matchLabels: MINE }, policyTypes: ['Ingress', 'Egress'] },
      ],
      [
        'more',
        'plumbline-hlt-1-banking-1',
        { podSelector: { matchLabels: MINE }, policyTypes: ['Ingress', 'Egress'] },
      ],
    ],
  );
  put(api, ['/pods', 'Pod', 'three'], { labels: MINE });
  assert.deepEqual(await endOnKubernetes({ ...target, cut: true }, NEEDS, HALTED), DONE);
  assert.deepEqual(api.violations, []);
});

test('kubernetes: a right that is missing is said before a halt, and after', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target } = scene;
  const where = `https://127.0.0.1:${api.port} is Kubernetes v1.35.4`;
  assert.deepEqual(await examineKubernetes(target, NEEDS), { says: where, faults: [], warns: [] });
  const kinds = ['apps/deployments', 'apps/statefulsets', 'apps/daemonsets', 'apps/replicasets'];
  const more = ['batch/jobs', 'batch/cronjobs', '/replicationcontrollers', '/pods'];
  api.rights = new Set([...kinds, ...more].map((of) => `list ${of}`));
  const { faults } = await examineKubernetes({ ...target, namespaces: ['agents'] }, NEEDS);
  assert.equal(faults.length, 8);
  assert.equal(faults[0], 'it may not patch deployments/scale.apps in namespace `agents`');
  assert.equal(faults.at(-1), 'it may not delete pods in namespace `agents`');
  put(api, ['/pods', 'Pod', 'bare'], { labels: MINE });
  assert.deepEqual(await endOnKubernetes(target, QUICK, HALTED), {
    state: 'failed',
    why: `${LEFT}; it answered 403 to delete pods`,
    isFinal: true,
  });
  assert.deepEqual(api.violations, []);
});

test('kubernetes: who does not prove itself is refused, as are weak files', async (t) => {
  verifies('human.halt-infrastructure');
  const scene = await sceneFor(t);
  if (scene === null) return;
  const { api, target, write } = scene;
  const signed = { 'client-certificate': 'server.pem', 'client-key': 'server.key' };
  await write({}, signed);
  assert.deepEqual(await endOnKubernetes(target, NEEDS, HALTED), DONE);
  const whyOf = async (over: object, user?: object): Promise<unknown> => {
    await write(over, user);
    const attempt = await endOnKubernetes(target, QUICK, HALTED);
    assert.equal(attempt.state, 'failed');
    return attempt.why.split('; ')[0];
  };
  assert.equal(await whyOf({}, { token: 'wrong' }), 'it answered 401 to list deployments');
  assert.equal(await whyOf({ server: 'http://127.0.0.1:1' }), 'its server is none of https');
  const skips = 'its kubeconfig skips verifying the server: name its authority';
  assert.equal(await whyOf({ 'insecure-skip-tls-verify': true }), skips);
  const proxied = 'its kubeconfig names a proxy, and the daemon uses none';
  assert.equal(await whyOf({ 'proxy-url': 'http://127.0.0.1:2' }), proxied);
  assert.match(
    String(await whyOf({ 'certificate-authority': undefined })),
    /^it gave no answer to .*(CERT|SIGNATURE|ISSUER)/,
  );
  await api.close();
  const away = 'it gave no answer to list deployments (ECONNREFUSED)';
  assert.equal(await whyOf({}), away);
  const inside = await endOnKubernetes({ ...target, kubeconfig: null }, NEEDS, HALTED);
  assert.deepEqual(inside, {
    state: 'failed',
    why: 'the daemon runs in no pod: name a `kubeconfig`',
    isFinal: true,
  });
});
