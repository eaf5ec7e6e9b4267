import https from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { Instead, Pair } from './docker-engine.ts';
import { answerOf } from './kubernetes-routes.ts';
import { reconcile } from './kubernetes-controllers.ts';

/** The labels or annotations of an object. */
export type Texts = { [key: string]: string };

/** An object as the API keeps it. */
export type Kept = {
  /** `<group>/<plural>`, such as `apps/deployments`; `/pods` of the core. */
  readonly of: string;
  readonly kind: string;
  metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    resourceVersion: string;
    labels?: Texts;
    annotations?: Texts;
    ownerReferences?: readonly object[];
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
  spec: { [name: string]: unknown };
  status?: { [name: string]: unknown };
};

/** What a cluster keeps and saw. */
export type ClusterState = {
  readonly objects: Kept[];
  /** What whoever asks may do: `<verb> <group>/<plural>[/<subresource>]`; null: everything. */
  rights: ReadonlySet<string> | null;
  /** Kinds beside those of Kubernetes, by `<group>/<version>`. */
  readonly served: Map<string, readonly { readonly name: string; readonly kind: string }[]>;
  readonly asked: string[];
  readonly violations: string[];
  readonly instead: (Instead & { readonly retryAfter?: number })[];
  /** Pods that are told to end wait for a node that does not answer. */
  areNodesAway: boolean;
  page: number;
  /** Of how many pages the rest is forgotten, with 410. */
  expires: number;
  made: number;
};

/** One request, read whole. */
export type ApiRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** What is answered. */
export type ApiAnswer = {
  readonly status: number;
  readonly body: object;
  readonly retryAfter?: number;
};

/** A local server that speaks the API of Kubernetes as strictly as it is documented. */
export type KubernetesApi = ClusterState & {
  readonly port: number;
  readonly close: () => Promise<void>;
};

/** Opens a cluster that knows one token, and clients whose certificate its authority signed. */
export async function openKubernetesApi(pair: Pair, token: string): Promise<KubernetesApi> {
  const state: ClusterState = {
    objects: [],
    rights: null,
    served: new Map(),
    asked: [],
    violations: [],
    instead: [],
    areNodesAway: false,
    page: 500,
    expires: 0,
    made: 0,
  };
  const options = { ...pair, requestCert: true, rejectUnauthorized: false };
  const server = https.createServer(options, (request, response) => {
    void serve(state, token, { request, response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, { port, close });
}

/** Keeps an object, and has the controllers see to what follows from it. */
export function put(
  state: ClusterState,
  [of, kind, name]: readonly [string, string, string],
  {
    labels,
    spec = {},
    ...more
  }: { readonly labels?: Texts; readonly spec?: Kept['spec'] } & Partial<Kept['metadata']> = {},
): Kept {
  state.made += 1;
  const uid = `uid-${state.made}`;
  const metadata = { name, namespace: 'agents', uid, resourceVersion: `${state.made}`, ...more };
  const kept: Kept = {
    of,
    kind,
    metadata: labels === undefined ? metadata : { ...metadata, labels },
    spec,
  };
  if (of === '/pods') kept.status = { phase: 'Running' };
  state.objects.push(kept);
  reconcile(state);
  return kept;
}

async function serve(
  state: ClusterState,
  token: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { method = '', headers } = request;
  const url = new URL(request.url ?? '/', 'https://cluster');
  const body = Buffer.concat(chunks).toString('utf8');
  // The server takes TLS alone.
  const isSigned = (request.socket as TLSSocket).authorized;
  const isKnown = isSigned || headers.authorization === `Bearer ${token}`;
  const answer = isKnown
    ? answerOf(state, { method, url, headers, body })
    : { status: 401, body: { kind: 'Status', code: 401, reason: 'Unauthorized' } };
  const after = 'retryAfter' in answer ? { 'retry-after': `${answer.retryAfter}` } : {};
  response.writeHead(answer.status, { 'content-type': 'application/json', ...after });
  response.end(JSON.stringify(answer.body));
}
