import type { BoundRoom } from '@plumbline/core';
import { fakeUndos } from './fake-undos.ts';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { fakeHalts, LATCHED } from './fake-halts.ts';
import type { ActionRequest, Answer, Guard, Outcome, PermittedAction } from '../src/guard/guard.ts';
import type { Api, ApiSettings, ServedFile } from '../src/routes/api.ts';
import { createMetrics } from '../src/routes/health/metrics.ts';
import type { StreamReply } from '../src/routes/mcp/mcp-door.ts';
import type { RequestLine } from '../src/routes/request-log.ts';
import { formatKeyToken, hashSecret } from '../src/services/key-token.ts';
import type { SiteFile } from '../src/site/built-site.ts';
import type { Trace } from '../src/services/traces/traces.ts';
import type { Services } from '../src/services/daemon-services.ts';
import type { PactRow, ToolRow } from '../src/services/services.ts';
import type { Models } from '../src/store/models.ts';
import type { ApiKey } from '../src/store/vault.ts';
import { fakeApprovals } from './fake-approvals.ts';
import { fakeDrills } from './fake-drills.ts';
import type { Kept } from '../src/services/retention.ts';
import { fakePacks } from './fake-packs.ts';
import { fakeAudits } from './fake-audits.ts';
import { fakeNotices } from './fake-notices.ts';
import { fakeSignIns } from './fake-sign-ins.ts';
import { makeCredential } from './vault-contract.ts';

/** Settings of the routes in tests: a free port, and limits nobody reaches by accident. */
export const SETTINGS: ApiSettings = {
  listen: { http: { host: '127.0.0.1', port: 0 }, tls: null, isBehindProxy: false, hosts: [] },
  localRights: 'all',
  supervision: {},
  limits: { bodyBytes: 65_536, requestsPerMinute: 1_000_000, badKeysPerMinute: 1_000_000 },
  isLogOpen: true,
  issuers: ['https://login.example'],
};

/** An API over a guard and services that answer from nowhere and write down what was asked. */
export type FakeApi = {
  readonly api: Api;
  /** Every call that would have recorded or read something, by name. */
  readonly calls: string[];
  readonly lines: RequestLine[];
  readonly bugs: unknown[];
  readonly refused: string[];
  /** Adds a key and returns its `Authorization`. */
  readonly key: (of: Partial<ApiKey>) => string;
};

/** What a test may put in place of the fakes. */
export type FakeOptions = {
  readonly settings?: Partial<ApiSettings>;
  readonly guard?: Partial<Guard>;
  readonly services?: Partial<Services>;
  readonly staticFile?: Api['staticFile'];
  readonly site?: Api['site'];
  readonly clock?: () => number;
};

/** Returns a fake API with the agents `refunds` and `mail`. */
export function fakeApi(options: FakeOptions = {}): FakeApi {
  const calls: string[] = [];
  const keys = new Map<string, ApiKey>();
  const refused: string[] = [];
  const lines: RequestLine[] = [];
  const bugs: unknown[] = [];
  const clock = options.clock ?? ((): number => 1_700_000_000_000);
  const guard = { ...fakeGuard(calls), ...options.guard };
  const services = { ...fakeServices(calls, { keys, refused }), ...options.services };
  const api: Api = {
    guard,
    services,
    models: fakeModels(calls),
    staticFile: options.staticFile ?? ((path) => Promise.resolve(FILES.get(path))),
    settings: { ...SETTINGS, ...options.settings },
    clock,
    metrics: createMetrics({ agents: guard.agents, services, clock }),
    mcp: fakeDoor(calls),
    hooks: {
      take: () => {
        calls.push('hooks.take');
        return Promise.resolve({ kind: 'json', value: {} });
      },
    },
    site: options.site ?? {
      file: (path) => Promise.resolve(path.startsWith('assets/') ? undefined : PAGE),
    },
    live: {
      watch: () => (response) => void response.writeHead(200, STREAM).end('event: ready\n\n'),
      close: () => undefined,
    },
    log: { answered: (line) => lines.push(line), failed: (_operation, error) => bugs.push(error) },
  };
  const key = (of: Partial<ApiKey>): string => addKey(keys, of);
  return { api, calls, lines, bugs, refused, key };
}

function fakeDoor(calls: string[]): Api['mcp'] {
  const write = (response: ServerResponse): void => void response.end('{}');
  const said = (name: string, status: number): StreamReply => {
    calls.push(name);
    return { kind: 'stream', status, write };
  };
  return {
    post: () => Promise.resolve(said('mcp.post', 200)),
    get: () => said('mcp.get', 200),
    remove: () => Promise.resolve(said('mcp.remove', 204)),
  };
}

const TRACE: Trace = {
  session: {
    agent: 'refunds',
    session: 's1',
    openedAt: 1,
    closedAt: null,
    task: null,
    openedBy: 'k1',
    subject: null,
    decisions: 0,
    refusals: 0,
    lastAt: 2,
  },
  rows: [
    {
      index: 3,
      at: 2,
      kind: 'message',
      open: { from: 'untrusted' },
      sealed: 'sealed',
      secret: null,
      source: { from: 'stranger', tool: null, trust: 'untrusted' },
    },
  ],
  next: null,
  nextIndex: 12,
};

const STREAM = { 'content-type': 'text/event-stream' };

const PAGE: SiteFile = {
  bytes: Buffer.from('<!doctype html>'),
  mediaType: 'text/html; charset=utf-8',
  isImmutable: false,
  encoding: 'identity',
  hasEncodings: false,
  etag: '"page"',
};

const BYTES = { mediaType: 'application/octet-stream', cacheSeconds: 60, isImmutable: true };

const FILES: ReadonlyMap<string, ServedFile> = new Map([
  ['checkpoint', { ...BYTES, bytes: Buffer.from('ledger.example\n2\n'), isImmutable: false }],
  ['tile/0/000', { ...BYTES, bytes: Buffer.alloc(64) }],
]);

function addKey(keys: Map<string, ApiKey>, of: Partial<ApiKey>): string {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const whole: ApiKey = {
    id,
    kind: 'person',
    name: 'somebody',
    roles: [],
    scopes: [],
    agents: null,
    email: null,
    groups: [],
    hash: hashSecret(secret),
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
    ...of,
  };
  keys.set(id, whole);
  return `Bearer ${formatKeyToken({ id, secret })}`;
}

/** An answer that lets an action through. */
export const ALLOWED: Answer = {
  decision: 'd1',
  index: 7,
  verdict: 'allow',
  permit: {
    token: 't1',
    id: 'p1',
    epoch: 1,
    expiresAtMs: 1_700_000_060_000,
    lastsMs: 30_000,
    lease: null,
    stop: 0,
  },
  args: { order: '1042' },
  say: null,
  rules: ['refund-small'],
  requirements: [],
  until: [],
  approval: null,
  expiresAtMs: null,
  obligations: [],
  route: null,
  isRepeat: false,
};

const DIGEST = `sha256:${'ab'.repeat(32)}`;

function fakeGuard(calls: string[]): Guard {
  const said = <T>(name: string, value: T): Promise<Outcome<T>> => {
    calls.push(name);
    return Promise.resolve({ ok: true, value });
  };
  const status = (agent: string) => ({
    agent,
    pact: DIGEST,
    shadow: null,
    epoch: 1,
    halts: [],
    openSessions: 2,
    inFlight: 1,
    waiting: 0,
    reviews: 0,
    alerts: 0,
    autonomy: 2 as const,
    leases: ['gateway'],
  });
  const noAsk: Outcome<never> = { ok: false, error: { code: 'not-found', message: 'no ask' } };
  return {
    openSession: () => said('openSession', { session: 's1', index: 1, isRepeat: false }),
    closeSession: () => said('closeSession', { index: 2 }),
    message: () => said('message', { index: 3 }),
    viewSession: () => ({
      ok: true,
      value: { principal: 'ada', decided: 3, claim: () => undefined, unknown: () => [] },
    }),
    claim: () => said('claim', { index: 3 }),
    prove: () => said('prove', { index: 3, claims: 1 }),
    revokeClaim: () => said('revokeClaim', { index: 3 }),
    decide: (_request: ActionRequest) => said('decide', ALLOWED),
    evaluate: () => said('evaluate', EXPLAINED),
    redeem: () => {
      calls.push('redeem');
      return { ok: true, value: { decision: 'd1', args: { order: '1042' } } };
    },
    inspect: () => ({ ok: true, value: PERMITTED }),
    asks: {
      list: () => [],
      find: () => undefined,
      gathered: () => null,
      vote: () => Promise.resolve(noAsk),
      show: () => Promise.resolve(noAsk),
      link: () => Promise.resolve(noAsk),
      whenChanged: () => said('asks.whenChanged', undefined),
      votes: () => [],
    },
    outcome: () => said('outcome', { index: 9 }),
    haltsOn: () => false,
    usableTools: () => {
      calls.push('usableTools');
      return { ok: true, value: { pact: DIGEST, declared: [], usable: [] } };
    },
    refusedCall: () => said('refusedCall', { index: 9 }),
    observed: () => said('observed', { index: 9 }),
    reported: () => said('reported', { index: 9 }),
    ranAnyway: () => said('ranAnyway', { index: 9 }),
    halt: () => said('halt', LATCHED),
    resume: () => said('resume', { index: 5 }),
    ...fakeHalts(calls),
    onHalt: () => () => undefined,
    addAgent: () => said('addAgent', { index: 0 }),
    arm: () => said('arm', { index: 6 }),
    shadow: () => said('shadow', undefined),
    people: fakePeople(said),
    staging: {
      view: () => null,
      change: () => said('staging.change', { index: 15, phase: 'promoted', isHeld: false }),
    },
    forget: () => said('forget', { sessions: [] }),
    status: (agent) => (agent === 'refunds' || agent === 'mail' ? status(agent) : undefined),
    agents: () => [status('refunds'), status('mail')],
    roomLeft: (agent) => (agent === 'refunds' || agent === 'mail' ? [ROOM] : undefined),
    close: () => Promise.resolve(),
  };
}

const PERMITTED: PermittedAction = {
  decision: 'd1',
  session: 's1',
  task: null,
  room: null,
  tool: 'refunds.issue',
  args: { order: '1042' },
  effect: 'write',
  route: null,
};

const LOCK = {
  entity: 'ticket',
  id: 'T-7',
  field: null,
  untilMs: null,
  by: 'local',
  reason: 'closed',
  at: 1,
  isOnEveryAgent: false,
};

const GATE = {
  category: 'mail',
  session: null,
  state: 'closed' as const,
  since: 1,
  violations: 3,
  because: ['d1'],
  principals: 3,
  approvers: ['role:lead'],
};

const REVIEW = {
  id: 'rev_1',
  what: 'objective',
  at: 1,
  because: ['d1'],
  actions: 3,
  sessions: 1,
  closedAt: null,
  closedBy: null,
  finding: null,
  reason: null,
};

function fakePeople(said: <T>(name: string, value: T) => Promise<Outcome<T>>): Guard['people'] {
  const { session, category } = GATE;
  const decided = { outcome: 'opened' as const, changed: [{ session, category }], because: ['d1'] };
  return {
    lock: () => said('people.lock', { index: 10, stops: ['tickets.update'] }),
    unlock: () => said('people.unlock', { index: 11 }),
    locks: () => [LOCK],
    closedGates: () => [GATE],
    decideGate: () => said('people.decideGate', { index: 12, ...decided }),
    correct: () => said('people.correct', { index: 13 }),
    reviews: () => [REVIEW],
    closeReview: () => said('people.closeReview', { index: 14 }),
  };
}

const KEPT: Kept = {
  entries: 2,
  oldestAt: 1,
  logs: [{ origin: 'ledger.example', start: 0, entries: 2, firstAt: 1, rolledAt: null }],
  rollAtEntries: null,
  erased: { count: 0, isMore: false, lastAt: null },
  disk: { freeBytes: 9, warnBytes: 3, refuseBytes: 1 },
};

const ROOM: BoundRoom = {
  rule: 'refund',
  tools: ['refunds.issue'],
  sum: 'amount',
  most: '100.00',
  per: { kind: 'day' },
  used: '80',
  left: '20',
  endsAtMs: 9,
  session: null,
  emptySessions: 0,
};

const FORWARDED = {
  decision: 'd1',
  index: 9,
  status: 'ok' as const,
  http: 200,
  result: { refund: 'r-7' },
  say: null,
};

const CASE = {
  id: 'should-deny-1',
  decision: 'd1',
  session: 's1',
  decidedAt: 1,
  at: 2,
  pact: DIGEST,
  tool: 'refunds.issue',
  args: { order: '1042' },
  attributes: {},
  task: null,
  principalText: null,
  verdict: 'allow' as const,
  rules: ['refund-small'],
  label: 'should-deny' as const,
  expect: 'deny' as const,
  source: 'correction' as const,
  by: 'local',
  note: 'too much',
};

const EXPLAINED = {
  decision: {
    at: 1,
    verdict: { kind: 'allow' as const },
    because: [{ stage: 'allow' as const, rule: 'refund-small', kind: 'allow' as const, say: '' }],
    charges: [],
    reserves: [],
    spends: [],
    marks: [],
    obligations: [],
    readSet: {},
  },
  summary: '`refunds.issue` is allowed: rule `refund-small`',
  tried: [],
  flips: [],
};

const ROW: PactRow = {
  digest: DIGEST,
  state: 'armed',
  at: 1,
  index: 3,
  by: 'local',
  approvedBy: null,
  reason: 'first',
};

const TOOL: ToolRow = {
  tool: 'refunds.issue',
  server: 'shop',
  definition: DIGEST,
  description: DIGEST,
  schema: DIGEST,
  state: 'pinned',
  at: 1,
  index: 3,
  by: 'first-sight',
  reason: 'first',
  why: null,
  signs: [],
  name: null,
};

const TAKEN = {
  index: 8,
  id: 'bgl_0123456789abcdef',
  roles: ['operator' as const],
  untilMs: 2,
};

const FACTOR = 'fac_0123456789abcdef';
const PERSON = `per_${'0'.repeat(32)}`;
const ENROLLING = {
  id: FACTOR,
  expiresAtMs: 2,
  kind: 'totp' as const,
  uri: 'otpauth://totp/…',
  secret: 'ABC',
};

function fakeServices(
  calls: string[],
  { keys, refused }: { readonly keys: Map<string, ApiKey>; readonly refused: string[] },
): Services {
  const served = <T>(name: string, value: T) => {
    calls.push(name);
    return Promise.resolve({ ok: true as const, value });
  };
  const version = { ...ROW, entry: 'a.yaml', files: { 'a.yaml': 'pact: …' }, signatures: [] };
  const shown = {
    id: '0123456789abcdef',
    kind: 'person' as const,
    name: 'somebody',
    roles: ['admin' as const],
    scopes: [],
    agents: null,
    email: null,
    groups: [],
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
  };
  const credential = makeCredential({ agents: ['refunds'] });
  const given = { key: shown, token: `plk_${'0'.repeat(16)}_${'0'.repeat(64)}` };
  const decision = {
    index: 7,
    at: 1,
    agent: 'refunds',
    session: 's1',
    decision: 'd1',
    verdict: 'allow' as const,
    open: { decision: 'd1' },
    outcome: null,
  };
  const opened = {
    ...decision,
    sealed: 'opened' as const,
    action: { tool: 'refunds.issue' },
    facts: [],
    full: {},
    result: null,
    explanation: 'allowed',
  };
  return {
    ...fakeApprovals(calls),
    pacts: {
      rule: { people: 1, signers: [] },
      list: () => served('pacts.list', [ROW]),
      get: () => served('pacts.get', version),
      propose: () => served('pacts.propose', ROW),
      approve: () => served('pacts.approve', ROW),
      rollback: () => served('pacts.rollback', ROW),
      endShadow: () => served('pacts.endShadow', { index: 8 }),
    },
    tools: {
      offer: () => served('tools.offer', { tools: [], usable: [], pact: DIGEST }),
      list: () => served('tools.list', [TOOL]),
      get: () => served('tools.get', { ...TOOL, offered: {}, accepted: null }),
      accept: () => served('tools.accept', TOOL),
    },
    bypasses: {
      list: () => [],
      report: () => served('bypasses.report', []),
    },
    keys: {
      find: (id) => keys.get(id),
      list: () => Promise.resolve([shown]),
      add: () => served('keys.add', given),
      revoke: () => served('keys.revoke', { index: 8 }),
      recover: () => served('keys.recover', given),
    },
    credentials: {
      list: () => [credential],
      add: () => served('credentials.add', credential),
      rotate: () => served('credentials.rotate', credential),
      revoke: () => served('credentials.revoke', { index: 8 }),
      used: () => undefined,
    },
    undos: fakeUndos(served),
    broker: { forward: () => served('broker.forward', FORWARDED) },
    grants: {
      give: () => served('grants.give', { index: 8, grant: 'gra_0123456789abcdef', untilMs: 2 }),
      takeBack: () => served('grants.takeBack', { index: 8 }),
    },
    notices: fakeNotices(served),
    traces: {
      recorded: () => served('traces.recorded', TRACE),
      opened: () => served('traces.opened', TRACE),
      room: () => served('traces.room', { rows: [], looked: 0, next: null }),
      around: () => served('traces.around', { rows: [], isAll: true }),
    },
    trials: { start: () => served('trials.start', { run: () => Promise.resolve(null) }) },
    packs: fakePacks(served),
    retention: { look: () => Promise.resolve(KEPT) },
    signIns: fakeSignIns(served),
    drills: fakeDrills(served),
    breakGlass: {
      start: () => served('breakGlass.start', TAKEN),
      end: () => served('breakGlass.end', { index: 8 }),
      review: () => served('breakGlass.review', { index: 8 }),
      list: () => [],
      sums: () => ({ active: 0, owed: 0, overdue: 0 }),
      lift: (caller) => caller,
      noteUse: () => served('breakGlass.noteUse', { index: 8 }),
      recovered: () => served('breakGlass.recovered', { index: 8, at: 1 }),
      sweep: () => Promise.resolve(),
    },
    factors: {
      list: () => served('factors.list', { rows: [], lockedUntil: null }),
      enrol: () => served('factors.enrol', ENROLLING),
      confirm: () => served('factors.confirm', { index: 8, id: FACTOR }),
      remove: () => served('factors.remove', { index: 8 }),
      challenge: () => served('factors.challenge', { options: {}, expiresAtMs: 2 }),
      check: () =>
        served('factors.check', { factor: FACTOR, mechanism: 'totp', person: PERSON, at: 1 }),
      openChallenge: () => served('factors.openChallenge', { options: {}, expiresAtMs: 2 }),
      identify: () =>
        served('factors.identify', {
          factor: FACTOR,
          mechanism: 'webauthn',
          person: PERSON,
          at: 1,
        }),
      pseudonymOf: () => PERSON,
    },
    subjects: {
      erase: () => served('subjects.erase', { index: 8, subject: 'sub_1', sessions: ['s1'] }),
      export: () =>
        served('subjects.export', { subject: 'sub_1', name: 'ada', entries: [], nextIndex: 9 }),
    },
    audits: fakeAudits(served),
    cases: {
      correct: () => served('cases.correct', { index: 15 }),
      list: () => served('cases.list', { rows: [CASE], isComplete: true }),
    },
    decisions: {
      recorded: () => served('decisions.recorded', decision),
      unsealed: () => served('decisions.unsealed', opened),
      earlier: () => Promise.resolve([]),
      opened: () => served('decisions.opened', opened),
    },
    log: {
      status: () => ({
        start: 0,
        origin: 'ledger.example',
        verifierKey: 'ledger.example+1+AA==',
        nextIndex: 12,
        durableSize: 10,
        publishedSize: 8,
        checkpointAt: 1_699_999_998_000,
        stopped: null,
        checkpoint: 'ledger.example\n8\n',
      }),
      roll: () => served('log.roll', { origin: 'ledger.example/1', start: 12 }),
      entry: () => served('log.entry', Buffer.from('{"v":1}')),
      proof: () => served('log.proof', 'c2sp.org/tlog-proof@v1\n'),
      consistency: (from) =>
        served('log.consistency', { from, to: 8, hashes: [], checkpoint: 'ledger.example\n8\n' }),
    },
    identity: fakeIdentity(calls),
    health: {
      readiness: () => ({ isReady: true, down: [] }),
      freeBytes: () => 123_456,
      noteRefused: (what) => refused.push(what),
    },
  };
}

const PROOF = {
  principal: 'ada@example.com',
  claims: [],
  token: { digest: 'ab'.repeat(16), untilMs: 1_700_000_600_000, isOnce: true },
};

// A token of a caller is taken for what a test says it is; by default none is good.
function fakeIdentity(calls: string[]): Services['identity'] {
  const bad = {
    ok: false as const,
    fault: { kind: 'bad' as const, check: 'issuer' as const, message: '' },
  };
  return {
    recent: () => undefined,
    callerOf: () => Promise.resolve(bad),
    namesBehind: () => [],
    workloadOf: () => ({ ok: true, value: null }),
    principalOf: () => {
      calls.push('identity.principalOf');
      return Promise.resolve({ ok: true, value: PROOF });
    },
  };
}

function fakeModels(calls: string[]): Models {
  const page = <Row>(name: string, rows: readonly Row[]) => {
    calls.push(name);
    return Promise.resolve({ rows, next: null, nextIndex: 12 });
  };
  return {
    nextIndex: () => Promise.resolve(12),
    fold: () => Promise.resolve(),
    sessions: () => page('models.sessions', []),
    decisions: () => page('models.decisions', []),
    decision: () => Promise.resolve(undefined),
    whereDecided: () => Promise.resolve(new Map()),
    events: () => page('models.events', []),
    nameLike: () => Promise.resolve(undefined),
    activity: () => Promise.resolve([]),
    roomOpenings: () => page('models.roomOpenings', []),
    grants: () => page('models.grants', []),
    grantCounts: () => Promise.resolve([]),
    drop: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
