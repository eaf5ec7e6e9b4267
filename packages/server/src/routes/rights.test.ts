import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type OpenFake, openFake } from '../../testing/open-fake.ts';
import { requestOf } from '../../testing/route-request.ts';
import { ROUTES } from './route-table.ts';
import type { Route } from './route.ts';

// Every caller of the matrix, in the order of its columns. A machine's key is for `refunds`.
const CALLERS = {
  agent: { kind: 'agent', agents: ['refunds'] },
  opener: { kind: 'opener', agents: ['refunds'] },
  reader: { kind: 'service', scopes: ['read'], agents: null },
  meter: { kind: 'service', scopes: ['measure'], agents: null },
  bound: { kind: 'service', scopes: ['read', 'measure'], agents: ['refunds'] },
  viewer: { kind: 'person', roles: ['viewer'] },
  operator: { kind: 'person', roles: ['operator'] },
  approver: { kind: 'person', roles: ['approver'] },
  admin: { kind: 'person', roles: ['admin'] },
} as const;

/*
 * What each caller is answered, for the agent its key is for and for another one: `+` let through,
 * `-` 403, `.` 404. One column a caller; a route without an agent in its path has one group.
 *
 *                    agent, opener, reader, meter, bound, viewer, operator, approver, admin
 */
const MATRIX: Readonly<Record<string, string>> = {
  getHealth: '+++++++++',
  getReadiness: '+++++++++',
  getMetrics: '---+-++++',
  getOverview: '--+-+++++',
  getAttention: '--+-+++++',
  listAgents: '--+-+++++',
  addAgent: '--------+',
  getAgent: '--+-+++++ --+-.++++',
  haltAgent: '------+++ ------+++',
  resumeAgent: '------+-+ ------+-+',
  listLocks: '--+-+++++ --+-.++++',
  addLock: '------+-+ ------+-+',
  removeLock: '------+-+ ------+-+',
  listNodeLocks: '--+--++++',
  addNodeLock: '------+-+',
  removeNodeLock: '------+-+',
  listGates: '--+-+++++ --+-.++++',
  listBounds: '--+-+++++ --+-.++++',
  decideGate: '-------++ -------++',
  reportBypasses: '------+-+',
  listBypasses: '--+-+++++',
  haltAll: '------+++',
  resumeAll: '------+-+',
  listHalts: '--+-+++++',
  getHalt: '--+-+++++',
  takeLease: '+-------- .--------',
  renewLease: '+-------- .--------',
  watchStops: '+-------- .--------',
  acknowledgeStop: '+-------- .--------',
  giveUpLease: '+-------- .--------',
  listDrills: '--+-+++++',
  getDrill: '--+-+++++',
  listAgentDrills: '--+-+++++ --+-.++++',
  runDrill: '------+++ ------+++',
  listChannels: '--+--++++',
  testChannel: '------+-+',
  listMessages: '--+--++++',
  retryMessages: '------+-+',
  listIncidents: '--+--++++',
  sayWord: '------+-+',
  pressSlackButton: '+++++++++',
  callBackServiceNow: '+++++++++',
  listReviews: '--+-+++++ --+-.++++',
  closeReview: '------+-+ ------+-+',
  getStaging: '--+-+++++ --+-.++++',
  promoteStaging: '-------++ -------++',
  takeBackStaging: '------+++ ------+++',
  planUndo: '------+++ ------+++',
  askUndo: '------+-+ ------+-+',
  takeUndo: '+-------- .--------',
  reportUndo: '+-------- .--------',
  listUndos: '--+-+++++',
  getUndo: '------+++',
  voteOnUndo: '-------++',
  runUndo: '------+-+',
  settleUndo: '------+-+',
  withdrawUndo: '------+-+',
  listCases: '-------++ -------++',
  beginAudit: '------+-+ ------+-+',
  drawAudit: '------+-+ ------+-+',
  listAudits: '--+-+++++',
  listAuditQueue: '-------++',
  getAuditItem: '-------++',
  judgeAuditItem: '-------++',
  getAuditFigures: '--+-+++++',
  listPacts: '--+-+++++ --+-.++++',
  getPact: '--+-+++++ --+-.++++',
  proposePact: '--------+ --------+',
  tryPact: '--------+ --------+',
  approvePact: '-------++ -------++',
  rollbackPact: '--------+ --------+',
  endShadow: '--------+ --------+',
  sendMcpMessage: '+-------- .--------',
  listenToMcp: '+-------- .--------',
  endMcpSession: '+-------- .--------',
  getResourceMetadata: '+++++++++',
  takeHookEvent: '-+------- -.-------',
  offerTools: '+-------- .--------',
  refuseCall: '+-------- .--------',
  recordObserved: '+-------- .--------',
  getSupervision: '+-------- .--------',
  listTools: '--+-+++++ --+-.++++',
  getTool: '--+-+++++ --+-.++++',
  acceptTool: '-------++ -------++',
  openSession: '-+------- -.-------',
  listSessions: '--+-+++++ --+-.++++',
  closeSession: '-+------- -.-------',
  addMessage: '-+------- ..-------',
  reportSession: '+-------- .--------',
  addClaims: '-+------- -.-------',
  decideAction: '+-------- .--------',
  redeemPermit: '+-------- .--------',
  forwardPermit: '+-------- .--------',
  reportOutcome: '+-------- .--------',
  listApprovals: '--+-+++++',
  castVotes: '-------++',
  getFatigue: '-------++',
  getApproval: '-------++',
  castVote: '-------++',
  makeApprovalLink: '-------++',
  listSeats: '-------++',
  giveSeat: '-------++',
  returnSeat: '-------++',
  showApprovalLink: '+++++++++',
  voteByLink: '+++++++++',
  listDecisions: '--+-+++++ --+-.++++',
  getDecision: '--+-+++++',
  openDecision: '-------++',
  addCorrection: '------+++',
  listEvents: '--+--++++',
  listGrants: '--+--++++',
  getLog: '--+--++++',
  getEntry: '--+--++++',
  getProof: '--+--++++',
  getRetention: '--+--++++',
  planPack: '--+-+++++',
  makePack: '--+-+++++',
  getConsistency: '--+--++++',
  rollLog: '--------+',
  listKeys: '--------+',
  addKey: '--------+',
  revokeKey: '--------+',
  listCredentials: '--------+',
  addCredential: '--------+',
  rotateCredential: '--------+',
  revokeCredential: '--------+',
  listFactors: '-----++++',
  enrolFactor: '-----++++',
  makeChallenge: '-----++++',
  confirmFactor: '-----++++',
  removeFactor: '-----++++',
  getWebAuthnPage: '+++++++++',
  goToConsole: '+++++++++',
  enterConsole: '+++++++++',
  showConsole: '+++++++++',
  getConsoleFile: '+++++++++',
  getSignIn: '+++++++++',
  signIn: '+++++++++',
  useSignIn: '+++++++++',
  showLinkOwner: '+++++++++',
  signOut: '+++++++++',
  makeSignInChallenge: '+++++++++',
  listSignIns: '-----++++',
  endSignIn: '-----++++',
  endSignIns: '-----++++',
  endOidc: '+++++++++',
  beginOidc: '+++++++++',
  makeSignInLink: '-----++++',
  searchEntries: '--+-+++++',
  getTrace: '--+-+++++ --+-.++++',
  getSurroundings: '--+-+++++ --+-.++++',
  openTrace: '-------++ -------++',
  listRoomSessions: '-------++',
  watchEntries: '--+-+++++',
  giveGrant: '-----++++ -----++++',
  takeBackGrant: '-----++++ -----++++',
  startBreakGlass: '-----++++',
  listBreakGlass: '--+--++++',
  endBreakGlass: '-----++++',
  reviewBreakGlass: '-------++',
  eraseSubject: '--------+',
  exportSubject: '--------+',
  getLogFile: '+++++++++',
  getConfiguration: '+++++++++',
  evaluate: '+-+-+++++',
  evaluateMany: '+++-+++++',
};

describe('authorisation', () => {
  let fake: OpenFake;
  before(async () => {
    fake = await openFake();
  });
  after(() => fake.close());

  test('authorisation: the matrix has a row for every route, and none besides', () => {
    const names = ROUTES.map(({ name }) => name).sort();
    assert.deepEqual(Object.keys(MATRIX).sort(), names);
  });

  for (const route of ROUTES) {
    test(`authorisation: ${route.name} is for whom the matrix says`, async () => {
      verifies('enforce.every-path');
      const [own = '', other] = (MATRIX[route.name] ?? '').split(' ');
      assert.equal(await answers(fake, route, 'refunds'), own, 'its own agent');
      if (other !== undefined) {
        assert.equal(await answers(fake, route, 'mail'), other, 'another agent');
      }
    });
  }

  test('authorisation: without a key there is only what needs none', async () => {
    const open: string[] = [];
    for (const route of ROUTES) {
      const { status } = await fake.ask(requestOf(route, 'refunds'));
      if (status !== 401) open.push(route.name);
    }
    assert.deepEqual(open, [
      'getHealth',
      'getReadiness',
      'getResourceMetadata',
      'showApprovalLink',
      'voteByLink',
      'getWebAuthnPage',
      'goToConsole',
      'enterConsole',
      'showConsole',
      'getSignIn',
      'signIn',
      'signOut',
      'useSignIn',
      'makeSignInChallenge',
      'endOidc',
      'beginOidc',
      'showLinkOwner',
      'getConsoleFile',
      'pressSlackButton',
      'callBackServiceNow',
      'getLogFile',
      'getConfiguration',
    ]);
  });

  test("authorisation: an agent's key speaks for strangers, never for its principal", async () => {
    const auth = fake.key({ kind: 'agent', agents: ['refunds'] });
    const path = '/api/v1/agents/refunds/sessions/s1/messages';
    const say = (from: string) =>
      fake.ask({ method: 'POST', path, auth, body: { from, text: 'hello' } });
    assert.equal((await say('untrusted')).status, 200);
    assert.equal((await say('principal')).json['code'], 'forbidden');
  });

  test('authorisation: an alert halts what its key is for, and resumes nothing', async () => {
    verifies('human.halt', 'human.resume');
    const auth = fake.key({ kind: 'service', scopes: ['halt'], agents: ['refunds'] });
    const ask = async (path: string) => {
      const body = { reason: 'the error rate is high' };
      return (await fake.ask({ method: 'POST', path, auth, body })).status;
    };
    assert.equal(await ask('/api/v1/agents/refunds/halt'), 200);
    assert.equal(await ask('/api/v1/agents/mail/halt'), 404);
    assert.equal(await ask('/api/v1/halt'), 403, 'it is for one agent');
    assert.equal(await ask('/api/v1/agents/refunds/resume'), 403);
    assert.equal(await ask('/api/v1/resume'), 403);
    const other = fake.key({ kind: 'service', scopes: ['halt'], agents: ['mail'] });
    const seen = await fake.ask({ path: '/api/v1/halts/h1', auth: other });
    assert.equal(seen.json['code'], 'unknown-halt');
  });

  test('authorisation: what a damaged key says it may is not believed', async () => {
    const decide = (of: Parameters<OpenFake['key']>[0]) =>
      fake.ask({
        method: 'POST',
        path: '/api/v1/agents/refunds/actions/decide',
        auth: fake.key(of),
        body: { session: 's1', request: 'r1', tool: 't', args: {} },
      });
    assert.equal((await decide({ kind: 'agent', agents: null })).status, 403);
    assert.equal((await decide({ kind: 'agent', agents: ['refunds', 'mail'] })).status, 403);
    assert.equal((await decide({ kind: 'service', scopes: ['act'] })).status, 403);
    assert.equal((await decide({ kind: 'opener', roles: ['admin'], agents: null })).status, 403);
  });
});

async function answers(fake: OpenFake, route: Route, agent: string): Promise<string> {
  let row = '';
  for (const of of Object.values(CALLERS)) {
    const { status, json } = await fake.ask({
      ...requestOf(route, agent),
      auth: fake.key(of),
    });
    row += status < 400 ? '+' : status === 403 ? '-' : status === 404 ? '.' : `[${status}]`;
    if (status === 404) assert.equal(json['code'], 'unknown-agent');
  }
  return row;
}
