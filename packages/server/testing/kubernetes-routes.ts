import type { ApiAnswer, ApiRequest, ClusterState, Kept } from './kubernetes-api.ts';
import { reconcile, removePod } from './kubernetes-controllers.ts';

/** A path by its parts. Source: Kubernetes API concepts, "Resource URIs". */
type Place = {
  readonly group: string;
  readonly namespace: string | null;
  readonly plural: string;
  readonly name: string | null;
  readonly subresource: string | null;
};

const PATH =
  /^\/(?:api\/v1|apis\/([a-z0-9.-]+)\/(v[0-9a-z]+))(?:\/namespaces\/([a-z0-9-]+))?\/([a-z]+)(?:\/([a-z0-9.-]+)(?:\/([a-z]+))?)?$/;
const LIST_QUERY = ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion'];
const MERGE = 'application/merge-patch+json';

/** Returns what the API answers, and notes what no client may send. */
export function answerOf(state: ClusterState, request: ApiRequest): ApiAnswer {
  const { method, url, headers } = request;
  const path = url.pathname;
  state.asked.push(`${method} ${path}`);
  const instead = state.instead.find(({ on, times }) => times > 0 && on.test(`${method} ${path}`));
  if (instead !== undefined) {
    instead.times -= 1;
    const { retryAfter } = instead;
    const fault = failure(instead.status, 'words of the cluster');
    return retryAfter === undefined ? fault : { ...fault, retryAfter };
  }
  if (!String(headers.accept).includes('application/json')) return complain(state, 406, 'accept');
  if (method === 'GET' && path === '/version') {
    return { status: 200, body: { major: '1', minor: '35', gitVersion: 'v1.35.4' } };
  }
  const [, found] = /^\/apis\/([a-z0-9.-]+\/v[0-9a-z]+)$/.exec(path) ?? [];
  if (method === 'GET' && found !== undefined) return discovered(state, found);
  const place = placeOf(path);
  if (place === null) return complain(state, 404, `nothing is served at ${path}`);
  return actOn(state, place, request);
}

function failure(status: number, message: string): ApiAnswer {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status };
  return { status, body };
}

function complain(state: ClusterState, status: number, message: string): ApiAnswer {
  state.violations.push(message);
  return failure(status, message);
}

function discovered({ served }: ClusterState, groupVersion: string): ApiAnswer {
  const resources = served.get(groupVersion);
  if (resources === undefined) return failure(404, 'no such version');
  return { status: 200, body: { kind: 'APIResourceList', groupVersion, resources } };
}

function placeOf(path: string): Place | null {
  const parts = PATH.exec(path);
  if (parts === null) return null;
  const [, group = '', , namespace = null, plural = '', name = null, subresource = null] = parts;
  return { group, namespace, plural, name, subresource };
}

function verbOf(method: string, { name }: Place): string {
  const verbs: Record<string, string> = {
    GET: name === null ? 'list' : 'get',
    PATCH: 'patch',
    DELETE: 'delete',
    POST: 'create',
  };
  return verbs[method] ?? method;
}

function mayDo(
  { rights }: ClusterState,
  verb: string,
  place: Omit<Place, 'namespace' | 'name'>,
): boolean {
  const { group, plural, subresource } = place;
  const what = subresource === null ? plural : `${plural}/${subresource}`;
  return rights === null || rights.has(`${verb} ${group}/${what}`);
}

function actOn(state: ClusterState, place: Place, request: ApiRequest): ApiAnswer {
  if (place.plural === 'selfsubjectaccessreviews') return review(state, request);
  const verb = verbOf(request.method, place);
  if (!mayDo(state, verb, place)) return failure(403, 'forbidden');
  if (verb === 'list') return list(state, place, request.url.searchParams);
  if (verb === 'create') return create(state, place, request);
  const kept = state.objects.find(({ of, metadata }) => {
    const isOf = of === `${place.group}/${place.plural}`;
    return isOf && metadata.namespace === place.namespace && metadata.name === place.name;
  });
  if (kept === undefined) return failure(404, 'not found');
  if (verb === 'get') return { status: 200, body: kept };
  if (verb === 'delete') return remove(state, kept, request);
  return patch(state, kept, { place, request });
}

// Source: authorization.k8s.io/v1, "ResourceAttributes".
function review(state: ClusterState, { body }: ApiRequest): ApiAnswer {
  const given: { spec?: { resourceAttributes?: Record<string, string> } } = JSON.parse(body);
  const {
    verb = '',
    group = '',
    resource = '',
    subresource,
  } = given.spec?.resourceAttributes ?? {};
  if (verb === '' || resource === '')
    return complain(state, 422, 'a review names verb and resource');
  const place = { group, plural: resource, subresource: subresource ?? null };
  return { status: 201, body: { ...given, status: { allowed: mayDo(state, verb, place) } } };
}

function list(
  state: ClusterState,
  { group, plural, namespace }: Place,
  query: URLSearchParams,
): ApiAnswer {
  const odd = [...query.keys()].find((name) => !LIST_QUERY.includes(name));
  if (odd !== undefined) return complain(state, 400, `no parameter ${odd} of a list`);
  const [key = '', value] = (query.get('labelSelector') ?? '').split('=');
  const own = state.objects.filter(({ of, metadata }) => {
    const isIn = namespace === null || metadata.namespace === namespace;
    const isMeant = value === undefined || metadata.labels?.[key] === value;
    return of === `${group}/${plural}` && isIn && isMeant;
  });
  const from = Number(query.get('continue') ?? '0');
  if (from > 0 && state.expires > 0) {
    state.expires -= 1;
    return failure(410, 'the provided continue parameter is too old');
  }
  const size = Math.min(state.page, Number(query.get('limit') ?? state.page));
  const next = from + size < own.length ? { continue: `${from + size}` } : {};
  const items = own.slice(from, from + size);
  return {
    status: 200,
    body: { kind: 'List', metadata: { resourceVersion: '1', ...next }, items },
  };
}

function create(
  state: ClusterState,
  { group, plural, namespace }: Place,
  { headers, body }: ApiRequest,
): ApiAnswer {
  if (headers['content-type'] !== 'application/json') return complain(state, 415, 'content type');
  const given: {
    apiVersion: string;
    kind: string;
    metadata: { name: string };
    spec: Kept['spec'];
  } = JSON.parse(body);
  const isWhole = given.apiVersion === 'networking.k8s.io/v1' && given.kind === 'NetworkPolicy';
  const isNamed = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(given.metadata.name);
  if (!isWhole || !isNamed || plural !== 'networkpolicies')
    return complain(state, 422, 'the policy');
  const of = `${group}/${plural}`;
  const isThere = state.objects.some(({ of: its, metadata }) => {
    return its === of && metadata.name === given.metadata.name && metadata.namespace === namespace;
  });
  if (isThere) return failure(409, 'already exists');
  state.made += 1;
  const metadata = {
    ...given.metadata,
    namespace: namespace ?? '',
    uid: `uid-${state.made}`,
    resourceVersion: '1',
  };
  state.objects.push({ of, kind: given.kind, metadata, spec: given.spec });
  return { status: 201, body: given };
}

// Source: meta/v1, "DeleteOptions".
function remove(state: ClusterState, kept: Kept, { headers, body }: ApiRequest): ApiAnswer {
  if (headers['content-type'] !== 'application/json') return complain(state, 415, 'content type');
  const given: { gracePeriodSeconds?: number; preconditions?: { uid?: string } } = JSON.parse(body);
  const odd = Object.keys(given).find(
    (name) => !['gracePeriodSeconds', 'preconditions'].includes(name),
  );
  if (odd !== undefined || !Number.isInteger(given.gracePeriodSeconds))
    return complain(state, 422, 'options');
  if (given.preconditions?.uid !== kept.metadata.uid)
    return failure(409, 'the UID in the precondition');
  removePod(state, kept, given.gracePeriodSeconds ?? 30);
  reconcile(state);
  return { status: 200, body: kept };
}

function patch(
  state: ClusterState,
  kept: Kept,
  { place, request }: { readonly place: Place; readonly request: ApiRequest },
): ApiAnswer {
  const { headers, body } = request;
  if (headers['content-type'] !== MERGE) return complain(state, 415, `a merge is ${MERGE}`);
  const given: { metadata?: { resourceVersion?: string }; spec?: Record<string, unknown> } =
    JSON.parse(body);
  const { resourceVersion = kept.metadata.resourceVersion } = given.metadata ?? {};
  if (resourceVersion !== kept.metadata.resourceVersion)
    return failure(409, 'the object has been modified');
  if (place.subresource === 'scale') {
    const { replicas, ...more } = given.spec ?? {};
    const isScale = Number.isInteger(replicas) && Object.keys(more).length === 0;
    if (!isScale) return complain(state, 422, 'a scale has replicas alone');
  } else if (place.subresource !== null) {
    return complain(state, 404, `no ${place.subresource}`);
  }
  kept.spec = merged(kept.spec, given.spec ?? {});
  kept.metadata.resourceVersion = `${Number(kept.metadata.resourceVersion) + 1}`;
  reconcile(state);
  return { status: 200, body: kept };
}

/** Source: RFC 7396. */
function merged(
  into: Record<string, unknown>,
  from: Record<string, unknown>,
): Record<string, unknown> {
  const all = { ...into };
  for (const [name, value] of Object.entries(from)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (value === null) delete all[name];
    else all[name] = isObject ? merged(Object(all[name]), Object(value)) : value;
  }
  return all;
}
