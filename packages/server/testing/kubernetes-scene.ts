import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestContext } from 'node:test';
import type { KubernetesTarget } from '../src/config/containers.ts';
import { makeReadSecret } from '../src/notify/read-secret.ts';
import type { EndNeeds } from '../src/executors/containers/end-needs.ts';
import type { Pair } from './docker-engine.ts';
import { type KubernetesApi, openKubernetesApi } from './kubernetes-api.ts';
import { makeAuthority, makeCertificate } from './workload-certificates.ts';

/** A cluster, and how it is reached. */
export type KubernetesScene = {
  readonly api: KubernetesApi;
  readonly target: KubernetesTarget;
  readonly folder: string;
  /** Writes what the daemon reads, and returns where. */
  readonly write: (over: object, user?: object) => Promise<KubernetesTarget['kubeconfig']>;
};

// They are made once for all tests of one run, as that takes longer than a test.
let certificates: Promise<Pair> | null = null;

async function makePair(): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-certificates-'));
  await makeAuthority(folder, 'ca');
  await makeCertificate(folder, 'server', { names: 'IP:127.0.0.1', signedBy: 'ca' });
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [ca, cert, key] = [
    await read('ca.pem'),
    await read('server.pem'),
    await read('server.key'),
  ];
  await rm(folder, { recursive: true });
  return { ca, cert, key };
}

/** Opens a cluster whose clients bring a token, or a certificate of its authority. */
export async function openKubernetesScene(t: TestContext): Promise<KubernetesScene> {
  certificates ??= makePair();
  const pair = await certificates;
  const folder = await mkdtemp(join(tmpdir(), 'plumb-kubernetes-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const files = { 'ca.pem': pair.ca, 'server.pem': pair.cert, 'server.key': pair.key };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  const api = await openKubernetesApi(pair, 'right');
  t.after(() => api.close());
  const write: KubernetesScene['write'] = async (over, user = { token: 'right' }) => {
    const path = join(folder, 'kubeconfig');
    const server = `https://127.0.0.1:${api.port}`;
    const cluster = { server, 'certificate-authority': 'ca.pem', ...over };
    const config = {
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'here' } }],
      clusters: [{ name: 'here', cluster }],
      users: [{ name: 'here', user }],
    };
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return { kind: 'file', path };
  };
  const target: KubernetesTarget = {
    kind: 'kubernetes',
    agents: null,
    labels: { agent: 'plumbline.agent', session: 'plumbline.session', room: 'plumbline.room' },
    kubeconfig: await write({}),
    context: null,
    namespaces: null,
    graceSeconds: 1,
    cut: false,
  };
  return { api, target, folder, write };
}

/** What clusters are ended with in tests: without waiting. */
export const KUBERNETES_NEEDS: EndNeeds = {
  egress: { addressOf: (address: string) => Promise.resolve({ ok: true, address }) },
  readSecret: makeReadSecret(null),
  pace: { deadlineMs: 2_000, pauseMs: 1, settleMs: 1 },
};
