import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openssl } from './openssl.ts';
import { makeAuthority, makeCertificate } from './workload-certificates.ts';

const KUBERNETES = '1.35.4';
const STAGED = '0.35.4';
/** The modules that Kubernetes names without their versions. */
const STAGING = [
  'api apiextensions-apiserver apimachinery apiserver cli-runtime client-go',
  'cloud-provider cluster-bootstrap code-generator component-base component-helpers',
  'controller-manager cri-api cri-client csi-translation-lib dynamic-resource-allocation',
  'endpointslice externaljwt kms kube-aggregator kube-controller-manager kube-proxy',
  'kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission',
  'sample-apiserver',
].flatMap((line) => line.split(' '));
const PROGRAMS = [
  'go.etcd.io/etcd/server/v3',
  'k8s.io/kubernetes/cmd/kube-apiserver',
  'k8s.io/kubernetes/cmd/kube-controller-manager',
];

/** A control plane that runs: its API, its controllers and its store, and no node. */
export type RealCluster = {
  /** Paths of files that let in as an administrator, and as somebody without any right. */
  readonly admin: string;
  readonly nobody: string;
  readonly stop: () => void;
};

/** Builds the control plane from its modules, unless the folder holds it; takes some minutes. */
export function buildCluster(folder: string): void {
  const bin = join(folder, 'bin');
  if (existsSync(join(bin, 'kube-controller-manager')) && existsSync(join(bin, 'etcd'))) return;
  mkdirSync(bin, { recursive: true });
  const replaced = STAGING.map((name) => `replace k8s.io/${name} => k8s.io/${name} v${STAGED}`);
  const required = `require k8s.io/kubernetes v${KUBERNETES}`;
  writeFileSync(
    join(folder, 'go.mod'),
    ['module built', 'go 1.25.0', required, ...replaced, ''].join('\n'),
  );
  const imports = PROGRAMS.map((path) => `import _ "${path}"`);
  writeFileSync(
    join(folder, 'built.go'),
    ['//go:build built', '', 'package built', ...imports, ''].join('\n'),
  );
  const env = { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
  const go = (...args: readonly string[]): void => {
    execFileSync('go', args, { cwd: folder, env, stdio: 'inherit' });
  };
  go('mod', 'tidy');
  const version = `-s -w -X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`;
  const [store = '', ...control] = PROGRAMS;
  go('build', '-ldflags', '-s -w', '-o', join(bin, 'etcd'), store);
  go('build', '-ldflags', version, '-o', `${bin}/`, ...control);
}

/** Starts what was built, on free ports of loopback, with its state below the folder. */
export async function startCluster(folder: string): Promise<RealCluster> {
  const state = join(folder, `state-${process.pid}`);
  mkdirSync(state, { recursive: true });
  await makeAuthority(state, 'ca');
  await makeCertificate(state, 'server', { names: 'IP:127.0.0.1', signedBy: 'ca' });
  await openssl(state, 'genrsa', '-out', 'accounts.pem', '2048');
  const groups = ['admin-token,admin,1,system:masters', 'nobody-token,plumbline,2'];
  writeFileSync(join(state, 'tokens.csv'), `${groups.join('\n')}\n`);
  const [client, peer, api] = [await freePort(), await freePort(), await freePort()];
  const children: ChildProcess[] = [];
  const run = (name: string, args: readonly string[]): void => {
    const log = openSync(join(state, `${name}.log`), 'a');
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    children.push(spawn(join(folder, 'bin', name), args, { cwd: state, stdio }));
    closeSync(log);
  };
  run('etcd', [
    '--data-dir=store',
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
  ]);
  run('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--secure-port=${api}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--tls-cert-file=server.pem',
    '--tls-private-key-file=server.key',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://cluster.example',
    '--service-account-key-file=accounts.pem',
    '--service-account-signing-key-file=accounts.pem',
    '--service-cluster-ip-range=10.96.0.0/24',
    '--endpoint-reconciler-type=none',
  ]);
  const admin = kubeconfig(state, { name: 'admin', port: api });
  const nobody = kubeconfig(state, { name: 'nobody', port: api });
  run('kube-controller-manager', [
    `--kubeconfig=${admin}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--service-account-private-key-file=accounts.pem',
    '--root-ca-file=ca.pem',
  ]);
  await pause(500);
  const stop = (): void => {
    children.forEach((child) => child.kill('SIGKILL'));
    rmSync(state, { recursive: true, force: true });
  };
  return { admin, nobody, stop };
}

function kubeconfig(
  folder: string,
  { name, port }: { readonly name: string; readonly port: number },
): string {
  const path = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'real',
    contexts: [{ name: 'real', context: { cluster: 'real', user: name } }],
    clusters: [
      {
        name: 'real',
        cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': 'ca.pem' },
      },
    ],
    users: [{ name, user: { token: `${name}-token` } }],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
