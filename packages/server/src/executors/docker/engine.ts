import type Dockerode from 'dockerode';
import { z } from 'zod';

import { type Asked, given, lasting, refused } from '../containers/fault.ts';
import type { Labels } from '../containers/selection.ts';
import { act, ask } from '../containers/ask.ts';

/** A container as a list shows it. */
export type EngineContainer = {
  readonly id: string;
  readonly state: string;
  readonly labels: Labels;
};

/** What of a container is not in lists. */
export type ContainerDetail = {
  readonly restart: string;
  readonly networkMode: string;
  readonly networks: readonly string[];
};

/** A service of a swarm, with its whole specification as it has to be sent back. */
export type EngineService = {
  readonly id: string;
  readonly version: number;
  readonly spec: ServiceSpec;
};

/** The parts of a service's specification that are read; the rest is kept as it is. */
export type ServiceSpec = {
  readonly Labels: Labels;
  readonly TaskTemplate: {
    readonly ContainerSpec?: { readonly Labels: Labels } | undefined;
    readonly Placement?:
      { readonly Constraints?: readonly string[] | null | undefined } | undefined;
  };
  readonly Mode: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** What the engine is to a swarm. */
export type SwarmRole = 'none' | 'worker' | 'manager';

/**
 * An engine of Docker, as far as halts need it.
 *
 * Contract: no call rejects; each is answered within seconds; what is gone already is ended.
 */
export type Engine = {
  readonly version: string;
  readonly role: () => Promise<Asked<SwarmRole>>;
  readonly containers: (label: string) => Promise<Asked<readonly EngineContainer[]>>;
  readonly inspect: (id: string) => Promise<Asked<ContainerDetail | null>>;
  readonly neverRestart: (id: string) => Promise<Asked<null>>;
  readonly kill: (id: string) => Promise<Asked<null>>;
  readonly stop: (id: string, graceSeconds: number) => Promise<Asked<null>>;
  readonly disconnect: (id: string, network: string) => Promise<Asked<null>>;
  readonly remove: (id: string) => Promise<Asked<null>>;
  readonly services: () => Promise<Asked<readonly EngineService[]>>;
  readonly updateService: (service: EngineService) => Promise<Asked<null>>;
  /** How many tasks of services run somewhere in the swarm. */
  readonly tasks: (services: readonly string[]) => Promise<Asked<number>>;
};

/** What is used is the same in all of these. Source: Docker Engine API version history. */
const OLDEST = 24;
const NEWEST = 47;
const ENDED_TASKS = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((all) => all ?? {});
const versions = z.looseObject({ ApiVersion: z.string(), MinAPIVersion: z.string().optional() });
const info = z.looseObject({
  Swarm: z.looseObject({ LocalNodeState: z.string(), ControlAvailable: z.boolean() }).optional(),
});
const containerList = z.array(z.looseObject({ Id: z.string(), State: z.string(), Labels: labels }));
const detail = z.looseObject({
  HostConfig: z.looseObject({
    RestartPolicy: z.looseObject({ Name: z.string() }).nullish(),
    NetworkMode: z.string(),
  }),
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});
const serviceSpec: z.ZodType<ServiceSpec> = z.looseObject({
  Labels: labels,
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({ Labels: labels }).optional(),
    Placement: z.looseObject({ Constraints: z.array(z.string()).nullish() }).optional(),
  }),
  Mode: z.record(z.string(), z.looseObject({})),
});
const serviceList = z.array(
  z.looseObject({
    ID: z.string(),
    Version: z.looseObject({ Index: z.number() }),
    Spec: serviceSpec,
  }),
);
const taskList = z.array(z.looseObject({ Status: z.looseObject({ State: z.string() }) }));

/** Makes a client of one version of the API; `null`: whichever the engine likes. */
export type MakeClient = (version: string | null) => Dockerode;

/** Returns an engine that was asked which version of its API to speak. */
export async function openEngine(makeClient: MakeClient): Promise<Asked<Engine>> {
  const client = makeClient(null);
  const asked = await ask({ what: 'its version' }, () => client.version(), versions);
  if (!asked.ok) return asked;
  const version = speakable(asked.value);
  if (version === null) {
    return refused(
      lasting(`it speaks version ${asked.value.ApiVersion} of the API at most, which is too old`),
    );
  }
  return given(engineOf(makeClient(`v${version}`), version));
}

function speakable({ ApiVersion, MinAPIVersion }: z.infer<typeof versions>): string | null {
  const most = minorOf(ApiVersion);
  const least = MinAPIVersion === undefined ? OLDEST : minorOf(MinAPIVersion);
  if (most < OLDEST) return null;
  return `1.${Math.max(least, Math.min(most, NEWEST))}`;
}

function minorOf(version: string): number {
  return Number(/^1\.(\d{1,3})$/.exec(version)?.[1] ?? 0);
}

function engineOf(client: Dockerode, version: string): Engine {
  return { version, ...containersOf(client), ...swarmOf(client) };
}

type OfContainers = Pick<
  Engine,
  'containers' | 'inspect' | 'neverRestart' | 'kill' | 'stop' | 'disconnect' | 'remove'
>;

function containersOf(client: Dockerode): OfContainers {
  return {
    containers: async (label) => {
      const filters = { label: [label] };
      const listed = await ask(
        { what: 'list containers' },
        (abortSignal) => client.listContainers({ all: true, filters, abortSignal }),
        containerList,
      );
      if (!listed.ok) return listed;
      return given(
        listed.value.map(({ Id, State, Labels }) => ({ id: Id, state: State, labels: Labels })),
      );
    },
    inspect: async (id) => {
      const inspected = await ask(
        { what: 'inspect a container', gone: [404] },
        (abortSignal) => client.getContainer(id).inspect({ abortSignal }),
        detail.nullable(),
      );
      if (!inspected.ok || inspected.value === null) return inspected.ok ? given(null) : inspected;
      const { HostConfig, NetworkSettings } = inspected.value;
      return given({
        restart: HostConfig.RestartPolicy?.Name ?? '',
        networkMode: HostConfig.NetworkMode,
        networks: Object.keys(NetworkSettings.Networks ?? {}),
      });
    },
    neverRestart: (id) =>
      act({ what: 'change a restart policy', gone: [404] }, (abortSignal) =>
        client.getContainer(id).update({ RestartPolicy: { Name: 'no' }, abortSignal }),
      ),
    // 409 is what is not running any more.
    kill: (id) =>
      act({ what: 'kill a container', gone: [404, 409] }, (abortSignal) =>
        client.getContainer(id).kill({ ...queryOnly({ signal: 'SIGKILL' }), abortSignal }),
      ),
    stop: (id, graceSeconds) =>
      act(
        { what: 'stop a container', gone: [304, 404], extraMs: graceSeconds * 1_000 },
        (abortSignal) =>
          client.getContainer(id).stop({ ...queryOnly({ t: graceSeconds }), abortSignal }),
      ),
    disconnect: (id, network) =>
      act({ what: 'disconnect a network', gone: [404] }, (abortSignal) =>
        client.getNetwork(network).disconnect({ Container: id, Force: true, abortSignal }),
      ),
    // 409 is what is being removed already.
    remove: (id) =>
      act({ what: 'remove a container', gone: [404, 409] }, (abortSignal) =>
        client.getContainer(id).remove({ force: true, abortSignal }),
      ),
  };
}

function swarmOf(client: Dockerode): Pick<Engine, 'role' | 'services' | 'updateService' | 'tasks'> {
  return {
    role: async () => {
      const asked = await ask({ what: 'its state' }, () => client.info(), info);
      if (!asked.ok) return asked;
      const { Swarm } = asked.value;
      if (Swarm === undefined || Swarm.LocalNodeState !== 'active') return given('none');
      return given(Swarm.ControlAvailable ? 'manager' : 'worker');
    },
    services: async () => {
      const listed = await ask(
        { what: 'list services' },
        (abortSignal) => client.listServices({ abortSignal }),
        serviceList,
      );
      if (!listed.ok) return listed;
      return given(
        listed.value.map(({ ID, Version, Spec }) => ({
          id: ID,
          version: Version.Index,
          spec: Spec,
        })),
      );
    },
    updateService: ({ id, version, spec }) =>
      act({ what: 'change a service', gone: [404] }, (abortSignal) =>
        client.getService(id).update({ ...queryOnly({ version }), _body: spec, abortSignal }),
      ),
    tasks: async (services) => {
      const filters = { service: [...services] };
      const listed = await ask(
        { what: 'list tasks' },
        (abortSignal) => client.listTasks({ filters, abortSignal }),
        taskList,
      );
      if (!listed.ok) return listed;
      const running = listed.value.filter(({ Status }) => !ENDED_TASKS.has(Status.State));
      return given(running.length);
    },
  };
}

// The client sends the same options as query and as body unless they are told apart.
function queryOnly(query: object): { readonly _query: object; readonly _body: object } {
  return { _query: query, _body: {} };
}
