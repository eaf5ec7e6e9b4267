import type { EngineAnswer, EngineRequest, EngineState, Kept } from './docker-engine.ts';
import { serviceRoutes } from './docker-services.ts';

/** One documented operation. */
export type Operation = {
  readonly on: RegExp;
  /** The names a query may have. */
  readonly query: readonly string[];
  /** The members a body may have; null: there is no body. */
  readonly body: readonly string[] | null;
  readonly answer: (state: EngineState, asked: Read) => EngineAnswer;
};

/** A request by its parts. */
export type Read = {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: { readonly [name: string]: unknown };
};

const FILTERS: Readonly<Record<string, readonly string[]>> = {
  '/containers/json': ['label', 'status', 'id', 'name', 'network', 'ancestor'],
  '/services': ['id', 'label', 'mode', 'name'],
  '/tasks': ['desired-state', 'id', 'label', 'name', 'node', 'service'],
};

/** Returns what the engine answers, and notes what no client may send. */
export function answerOf(state: EngineState, request: EngineRequest): EngineAnswer {
  const [, version, path = ''] = /^(?:\/v(\d+\.\d+))?(\/.*)$/.exec(request.url.pathname) ?? [];
  state.asked.push(`${request.method} ${path}`);
  const versionFault = faultOfVersion(state, version);
  if (versionFault !== null) return complain(state, 400, versionFault);
  const instead = state.instead.find(
    ({ on, times }) => times > 0 && on.test(`${request.method} ${path}`),
  );
  if (instead !== undefined) {
    instead.times -= 1;
    return { status: instead.status, body: { message: 'words of the engine' } };
  }
  const routes = [...ROUTES, ...serviceRoutes];
  const route = routes.find(({ on }) => on.test(`${request.method} ${path}`));
  if (route === undefined) return complain(state, 404, `page not found: ${request.method} ${path}`);
  const read = readRequest(state, route, request, path);
  if ('status' in read) return read;
  const id = route.on.exec(`${request.method} ${path}`)?.[1] ?? '';
  return route.answer(state, { ...read, id });
}

function faultOfVersion(
  { apiVersion, minApiVersion }: EngineState,
  version?: string,
): string | null {
  if (version === undefined) return null;
  const minor = (text: string): number => Number(text.split('.')[1]);
  if (minor(version) > minor(apiVersion)) return `client version ${version} is too new`;
  return minor(version) < minor(minApiVersion) ? `client version ${version} is too old` : null;
}

function complain(state: EngineState, status: number, message: string): EngineAnswer {
  state.violations.push(message);
  return { status, body: { message } };
}

function readRequest(
  state: EngineState,
  { query: names, body: members }: Operation,
  { url, headers, body }: EngineRequest,
  path: string,
): Omit<Read, 'id'> | EngineAnswer {
  const query = url.searchParams;
  const odd = [...query.keys()].find((name) => !names.includes(name));
  if (odd !== undefined) return complain(state, 400, `no parameter ${odd} of ${path}`);
  const filter = query.has('filters') ? faultOfFilters(path, query.get('filters') ?? '') : null;
  if (filter !== null) return complain(state, 400, filter);
  if (members === null) {
    return body === '' ? { query, body: {} } : complain(state, 400, `no body of ${path}`);
  }
  if (headers['content-type'] !== 'application/json') {
    return complain(state, 415, `${path} takes application/json`);
  }
  const given: Record<string, unknown> = JSON.parse(body);
  const unknown = Object.keys(given).find((name) => !members.includes(name));
  if (unknown !== undefined) return complain(state, 400, `no member ${unknown} of ${path}`);
  return { query, body: given };
}

// Source: Docker Engine API, "filters": a JSON encoded value, `map[string][]string`.
function faultOfFilters(path: string, text: string): string | null {
  const filters: Record<string, unknown> = JSON.parse(text);
  for (const [name, values] of Object.entries(filters)) {
    if (FILTERS[path]?.includes(name) !== true) return `invalid filter ${name} of ${path}`;
    const isList = Array.isArray(values) && values.every((each) => typeof each === 'string');
    if (!isList) return `filter ${name} of ${path} is no list of texts`;
  }
  return null;
}

const NO_CONTAINER: EngineAnswer = { status: 404, body: { message: 'No such container' } };
const ID = '([0-9a-f]{12,64})';

function ofContainer(
  act: (kept: Kept, asked: Read, state: EngineState) => EngineAnswer,
): Operation['answer'] {
  return (state, asked) => {
    const kept = state.containers.find(({ id }) => id.startsWith(asked.id));
    return kept === undefined ? NO_CONTAINER : act(kept, asked, state);
  };
}

function end(kept: Kept): void {
  const isBack = kept.isRevived === true || (kept.restart !== '' && kept.restart !== 'no');
  if (!isBack) kept.state = 'exited';
}

const ROUTES: readonly Operation[] = [
  {
    on: /^GET \/version$/,
    query: [],
    body: null,
    answer: ({ apiVersion, minApiVersion }) => ({
      status: 200,
      body: { Version: '20.10.24', ApiVersion: apiVersion, MinAPIVersion: minApiVersion },
    }),
  },
  {
    on: /^GET \/info$/,
    query: [],
    body: null,
    answer: ({ swarm }) => {
      const LocalNodeState = swarm === 'inactive' ? 'inactive' : 'active';
      const Swarm = { LocalNodeState, ControlAvailable: swarm === 'manager' };
      return { status: 200, body: { ID: 'engine', Swarm } };
    },
  },
  {
    on: /^GET \/containers\/json$/,
    query: ['all', 'limit', 'size', 'filters'],
    body: null,
    answer: ({ containers }, { query }) => ({ status: 200, body: listed(containers, query) }),
  },
  {
    on: new RegExp(`^GET /containers/${ID}/json$`),
    query: ['size'],
    body: null,
    answer: ofContainer((kept) => ({
      status: 200,
      body: {
        Id: kept.id,
        State: { Status: kept.state },
        HostConfig: { RestartPolicy: { Name: kept.restart }, NetworkMode: kept.networkMode },
        NetworkSettings: { Networks: Object.fromEntries(kept.networks.map((name) => [name, {}])) },
      },
    })),
  },
  {
    on: new RegExp(`^POST /containers/${ID}/update$`),
    query: [],
    body: ['RestartPolicy'],
    answer: ofContainer((kept, { body }) => {
      const name: unknown = Reflect.get(Object(body['RestartPolicy']), 'Name');
      if (name !== 'no') return { status: 400, body: { message: `invalid restart policy` } };
      kept.restart = 'no';
      return { status: 200, body: { Warnings: [] } };
    }),
  },
  {
    on: new RegExp(`^POST /containers/${ID}/kill$`),
    query: ['signal'],
    body: null,
    answer: ofContainer((kept) => {
      if (kept.state === 'exited' || kept.state === 'created')
        return { status: 409, body: { message: 'is not running' } };
      end(kept);
      return { status: 204 };
    }),
  },
  {
    on: new RegExp(`^POST /containers/${ID}/stop$`),
    query: ['t', 'signal'],
    body: null,
    answer: ofContainer((kept, { query }) => {
      if (!/^-?\d+$/.test(query.get('t') ?? '0')) return { status: 400, body: { message: 't' } };
      if (kept.state === 'exited') return { status: 304 };
      end(kept);
      return { status: 204 };
    }),
  },
  {
    on: new RegExp(`^DELETE /containers/${ID}$`),
    query: ['v', 'force', 'link'],
    body: null,
    answer: ofContainer((kept, { query }, { containers }) => {
      if (kept.state !== 'exited' && query.get('force') !== 'true')
        return { status: 409, body: { message: 'running' } };
      containers.splice(containers.indexOf(kept), 1);
      return { status: 204 };
    }),
  },
  {
    on: /^POST \/networks\/([a-z0-9_.-]+)\/disconnect$/,
    query: [],
    body: ['Container', 'Force'],
    answer: (state, { id: network, body }) => {
      const kept = state.containers.find(({ id }) => id === body['Container']);
      if (kept === undefined) return NO_CONTAINER;
      if (network === 'host') return { status: 403, body: { message: 'host network' } };
      kept.networks = kept.networks.filter((name) => name !== network);
      return { status: 200 };
    },
  },
];

function listed(containers: readonly Kept[], query: URLSearchParams): readonly object[] {
  const { label = [] }: { label?: string[] } = JSON.parse(query.get('filters') ?? '{}');
  const isAll = query.get('all') === 'true';
  const own = containers.filter(({ labels, state }) => {
    const has = label.every((each) => {
      const [name = '', ...value] = each.split('=');
      return value.length === 0 ? Object.hasOwn(labels, name) : labels[name] === value.join('=');
    });
    return has && (isAll || state === 'running' || state === 'paused' || state === 'restarting');
  });
  return own.map(({ id, state, labels }) => ({
    Id: id,
    State: state,
    Labels: labels,
    Names: [`/${id.slice(0, 6)}`],
  }));
}
