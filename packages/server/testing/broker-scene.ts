import { type Broker, type CredentialUse, type Dropped, makeBroker } from '../src/broker/broker.ts';
import { HeldSecrets } from '../src/broker/held-secrets.ts';
import type { Upstreams } from '../src/broker/plan-call.ts';
import type { ToolCall } from '../src/config/config.ts';
import { parseNetwork } from '../src/egress/address.ts';
import { makeEgress } from '../src/egress/egress.ts';
import type { Credential } from '../src/store/vault.ts';
import { type GuardScene, guardScene, type SceneOptions, valueOf } from './guard-scene.ts';
import { type Answering, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { makeCredential } from './vault-contract.ts';

/** A guard with a broker, and an upstream on this machine. */
export type BrokerScene = {
  readonly scene: GuardScene;
  readonly broker: Broker;
  readonly upstream: UpstreamServer;
  readonly upstreams: Upstreams;
  readonly secrets: HeldSecrets;
  /** What the broker may use, changed as tests like. */
  readonly credentials: Map<string, Credential>;
  readonly used: string[];
  readonly noted: CredentialUse[];
  /** Whether the log takes what is noted. */
  readonly log: { isTaking: boolean };
  readonly dropped: Dropped[];
  /** Decides an action and returns the token of its permit. */
  readonly permit: (tool: string, args: object, session?: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** What a scene may choose. */
export type BrokerOptions = SceneOptions & {
  readonly answering?: Answering;
  readonly tools?: Readonly<Record<string, ToolCall>>;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly staging?: { readonly name: string; readonly url: string };
  readonly credentials?: readonly Partial<Credential>[];
  readonly most?: number;
};

/** The secret of each credential: a word and its id. */
export const secretOf = (id: string): string => `hush-${id}-0123456789`;

/** A call without query and body. */
export const CALL: ToolCall = {
  method: 'GET',
  path: '/',
  query: {},
  body: null,
  records: null,
};

const TOOLS: Readonly<Record<string, ToolCall>> = {
  'orders.get': { ...CALL, path: '/orders/{order}' },
  'notes.add': { ...CALL, method: 'POST', path: '/notes', body: 'args' },
};

/** Starts a scene with a credential that reads, `crd_r`, and one that writes, `crd_w`. */
export async function brokerScene(options: BrokerOptions = {}): Promise<BrokerScene> {
  const scene = await guardScene(options);
  const upstream = await startUpstream(options.answering);
  const egress = makeEgress({ allowed: [parseNetwork('127.0.0.1')].flatMap((each) => each ?? []) });
  const chosen = options.credentials ?? [
    { id: 'crd_r', access: 'read' },
    { id: 'crd_w', access: 'write' },
  ];
  const credentials = new Map(
    chosen.map((part) => {
      const whole = makeCredential({ url: upstream.url, ...part });
      return [whole.id, whole];
    }),
  );
  const secrets = new HeldSecrets({
    credentialSecret: ({ id }) => Promise.resolve(Buffer.from(secretOf(id))),
  });
  const [used, dropped, noted]: [string[], Dropped[], CredentialUse[]] = [[], [], []];
  const log = { isTaking: true };
  const { timeoutMs = 5_000, maxBytes = 10_000, tools = TOOLS, most } = options;
  const upstreams: Upstreams = {
    shop: {
      url: upstream.url,
      staging: options.staging ?? null,
      agents: null,
      timeoutMs,
      maxBytes,
      tools,
    },
  };
  const broker = makeBroker({
    guard: scene.guard,
    egress,
    upstreams,
    secrets,
    credentials: { all: () => credentials.values(), used: (id) => used.push(id) },
    clock: scene.clock.now,
    note: (use) => log.isTaking && noted.push(use) > 0,
    dropped: (what) => dropped.push(what),
    ...(most === undefined ? {} : { most }),
  });
  let requests = 0;
  return {
    scene,
    broker,
    upstream,
    upstreams,
    secrets,
    credentials,
    used,
    noted,
    log,
    dropped,
    permit: async (tool, args, session) => {
      requests += 1;
      const id = session ?? (await scene.open());
      const answer = valueOf(await scene.decide(id, `q${requests}`, tool, { ...args }));
      return answer.permit?.token ?? '';
    },
    close: async () => {
      await broker.close();
      await egress.close();
      await upstream.close();
    },
  };
}
