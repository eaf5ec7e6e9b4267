import type { EngineAnswer, EngineState, KeptService } from './docker-engine.ts';
import type { Operation } from './docker-routes.ts';

// Source: Docker Engine API, "ServiceSpec".
const SPEC = [
  'Name',
  'Labels',
  'TaskTemplate',
  'Mode',
  'UpdateConfig',
  'RollbackConfig',
  'Networks',
  'EndpointSpec',
];
const NO_MANAGER: EngineAnswer = {
  status: 503,
  body: { message: 'This node is not a swarm manager' },
};

function onManager(answer: Operation['answer']): Operation['answer'] {
  return (state, asked) => (state.swarm === 'manager' ? answer(state, asked) : NO_MANAGER);
}

/** Returns how many tasks a service wants. */
function wanted({ spec }: KeptService): number {
  const { Replicated, ReplicatedJob } = spec.Mode;
  if (Replicated !== undefined) return Replicated['Replicas'] ?? 1;
  if (ReplicatedJob !== undefined) return ReplicatedJob['MaxConcurrent'] ?? 1;
  return JSON.stringify(spec).includes('node.id==') ? 0 : 1;
}

/** What a manager of a swarm answers. */
export const serviceRoutes: readonly Operation[] = [
  {
    on: /^GET \/services$/,
    query: ['filters', 'status'],
    body: null,
    answer: onManager(({ services }) => ({
      status: 200,
      body: services.map(({ id, index, spec }) => ({
        ID: id,
        Version: { Index: index },
        Spec: spec,
      })),
    })),
  },
  {
    on: /^POST \/services\/([a-z0-9]+)\/update$/,
    query: ['version', 'registryAuthFrom', 'rollback'],
    body: SPEC,
    answer: onManager(updated),
  },
  {
    on: /^GET \/tasks$/,
    query: ['filters'],
    body: null,
    answer: onManager((state, { query }) => {
      const { service = [] }: { service?: string[] } = JSON.parse(query.get('filters') ?? '{}');
      const own = state.services.filter(({ id }) => service.includes(id));
      const tasks = own.flatMap((each) => {
        const running = Array.from({ length: wanted(each) }, () => ({
          Status: { State: 'running' },
        }));
        return [...running, { Status: { State: 'shutdown' } }];
      });
      return { status: 200, body: tasks };
    }),
  },
];

function updated(
  { services }: EngineState,
  { id, query, body }: Parameters<Operation['answer']>[1],
): EngineAnswer {
  const kept = services.find((each) => each.id === id);
  if (kept === undefined) return { status: 404, body: { message: 'service not found' } };
  if (query.get('version') !== `${kept.index}`) {
    return { status: 500, body: { message: 'rpc error: update out of sequence' } };
  }
  const { Mode, TaskTemplate } = body;
  const isWhole = body['Name'] === kept.spec['Name'] && typeof TaskTemplate === 'object';
  if (!isWhole || typeof Mode !== 'object') return { status: 400, body: { message: 'spec' } };
  // A mode that is none is refused where it is read.
  kept.spec = { ...body, Mode: Mode as KeptService['spec']['Mode'] };
  kept.index += 1;
  return { status: 200, body: { Warnings: null } };
}
