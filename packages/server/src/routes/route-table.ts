import { decideAction } from './actions/decide-action.ts';
import { forwardPermit } from './actions/forward-permit.ts';
import { redeemPermit } from './actions/redeem-permit.ts';
import { reportOutcome } from './actions/report-outcome.ts';
import { addAgent } from './agents/add-agent.ts';
import { getAgent } from './agents/get-agent.ts';
import { listAgents } from './agents/list-agents.ts';
import { castVote } from './approvals/cast-vote.ts';
import { castVotes } from './approvals/cast-votes.ts';
import { getApproval } from './approvals/get-approval.ts';
import { getFatigue } from './approvals/get-fatigue.ts';
import { giveSeat } from './approvals/give-seat.ts';
import { listApprovals } from './approvals/list-approvals.ts';
import { listSeats } from './approvals/list-seats.ts';
import { makeApprovalLink } from './approvals/make-approval-link.ts';
import { returnSeat } from './approvals/return-seat.ts';
import { showApprovalLink } from './approvals/show-approval-link.ts';
import { voteByLink } from './approvals/vote-by-link.ts';
import { beginOidc } from './console/begin-oidc.ts';
import { endOidc } from './console/end-oidc.ts';
import { endSignIn } from './console/end-sign-in.ts';
import { endSignIns } from './console/end-sign-ins.ts';
import { listSignIns } from './console/list-sign-ins.ts';
import { makeSignInChallenge } from './console/make-sign-in-challenge.ts';
import { enterConsole } from './console/enter-console.ts';
import { getConsoleFile } from './console/get-console-file.ts';
import { getSignIn } from './console/get-sign-in.ts';
import { goToConsole } from './console/go-to-console.ts';
import { makeSignInLink } from './console/make-sign-in-link.ts';
import { showConsole } from './console/show-console.ts';
import { showLinkOwner } from './console/show-link-owner.ts';
import { signIn } from './console/sign-in.ts';
import { signOut } from './console/sign-out.ts';
import { useSignIn } from './console/use-sign-in.ts';
import { beginAudit } from './audits/begin-audit.ts';
import { drawAudit } from './audits/draw-audit.ts';
import { getAuditFigures } from './audits/get-audit-figures.ts';
import { getAuditItem } from './audits/get-audit-item.ts';
import { judgeAuditItem } from './audits/judge-audit-item.ts';
import { listAuditQueue } from './audits/list-audit-queue.ts';
import { listAudits } from './audits/list-audits.ts';
import { evaluate } from './authzen/evaluate.ts';
import { evaluateMany } from './authzen/evaluate-many.ts';
import { getConfiguration } from './authzen/get-configuration.ts';
import { addCredential } from './credentials/add-credential.ts';
import { listCredentials } from './credentials/list-credentials.ts';
import { revokeCredential } from './credentials/revoke-credential.ts';
import { rotateCredential } from './credentials/rotate-credential.ts';
import { addCorrection } from './cases/add-correction.ts';
import { listCases } from './cases/list-cases.ts';
import { getDecision } from './decisions/get-decision.ts';
import { listDecisions } from './decisions/list-decisions.ts';
import { listEvents } from './decisions/list-events.ts';
import { openDecision } from './decisions/open-decision.ts';
import { decideGate } from './gates/decide-gate.ts';
import { listGates } from './gates/list-gates.ts';
import { getHalt } from './halts/get-halt.ts';
import { haltAgent } from './halts/halt-agent.ts';
import { haltAll } from './halts/halt-all.ts';
import { listHalts } from './halts/list-halts.ts';
import { resumeAgent } from './halts/resume-agent.ts';
import { resumeAll } from './halts/resume-all.ts';
import { confirmFactor } from './factors/confirm-factor.ts';
import { enrolFactor } from './factors/enrol-factor.ts';
import { getWebAuthnPage } from './factors/get-web-authn-page.ts';
import { listFactors } from './factors/list-factors.ts';
import { makeChallenge } from './factors/make-challenge.ts';
import { removeFactor } from './factors/remove-factor.ts';
import { endBreakGlass } from './break-glass/end-break-glass.ts';
import { listBreakGlass } from './break-glass/list-break-glass.ts';
import { reviewBreakGlass } from './break-glass/review-break-glass.ts';
import { startBreakGlass } from './break-glass/start-break-glass.ts';
import { giveGrant } from './grants/give-grant.ts';
import { takeBackGrant } from './grants/take-back-grant.ts';
import { listGrants } from './grants/list-grants.ts';
import { takeHookEvent } from './hooks/take-hook-event.ts';
import { getAttention } from './fleet/get-attention.ts';
import { getOverview } from './fleet/get-overview.ts';
import { getHealth } from './health/get-health.ts';
import { getMetrics } from './health/get-metrics.ts';
import { getReadiness } from './health/get-readiness.ts';
import { addKey } from './keys/add-key.ts';
import { listKeys } from './keys/list-keys.ts';
import { revokeKey } from './keys/revoke-key.ts';
import { addLock } from './locks/add-lock.ts';
import { addNodeLock } from './locks/add-node-lock.ts';
import { listLocks } from './locks/list-locks.ts';
import { listNodeLocks } from './locks/list-node-locks.ts';
import { removeLock } from './locks/remove-lock.ts';
import { removeNodeLock } from './locks/remove-node-lock.ts';
import { acknowledgeStop } from './leases/acknowledge-stop.ts';
import { giveUpLease } from './leases/give-up-lease.ts';
import { renewLease } from './leases/renew-lease.ts';
import { takeLease } from './leases/take-lease.ts';
import { watchStops } from './leases/watch-stops.ts';
import { getConsistency } from './log/get-consistency.ts';
import { getEntry } from './log/get-entry.ts';
import { getLog } from './log/get-log.ts';
import { getLogFile } from './log/get-log-file.ts';
import { getProof } from './log/get-proof.ts';
import { rollLog } from './log/roll-log.ts';
import { listChannels } from './notify/list-channels.ts';
import { listIncidents } from './notify/list-incidents.ts';
import { listMessages } from './notify/list-messages.ts';
import { callBackServiceNow } from './notify/call-back-service-now.ts';
import { pressSlackButton } from './notify/press-slack-button.ts';
import { retryMessages } from './notify/retry-messages.ts';
import { sayWord } from './notify/say-word.ts';
import { testChannel } from './notify/test-channel.ts';
import { approvePact } from './pacts/approve-pact.ts';
import { endShadow } from './pacts/end-shadow.ts';
import { getPact } from './pacts/get-pact.ts';
import { listPacts } from './pacts/list-pacts.ts';
import { proposePact } from './pacts/propose-pact.ts';
import { rollbackPact } from './pacts/rollback-pact.ts';
import { tryPact } from './pacts/try-pact.ts';
import { makePack } from './packs/make-pack.ts';
import { planPack } from './packs/plan-pack.ts';
import { listBounds } from './bounds/list-bounds.ts';
import { listBypasses } from './bypasses/list-bypasses.ts';
import { reportBypasses } from './bypasses/report-bypasses.ts';
import { getRetention } from './retention/get-retention.ts';
import { closeReview } from './reviews/close-review.ts';
import { listReviews } from './reviews/list-reviews.ts';
import type { Route } from './route.ts';
import { addClaims } from './sessions/add-claims.ts';
import { addMessage } from './sessions/add-message.ts';
import { closeSession } from './sessions/close-session.ts';
import { listSessions } from './sessions/list-sessions.ts';
import { reportSession } from './sessions/report-session.ts';
import { openSession } from './sessions/open-session.ts';
import { getDrill } from './drills/get-drill.ts';
import { listAgentDrills } from './drills/list-agent-drills.ts';
import { listDrills } from './drills/list-drills.ts';
import { runDrill } from './drills/run-drill.ts';
import { getStaging } from './staging/get-staging.ts';
import { promoteStaging } from './staging/promote-staging.ts';
import { takeBackStaging } from './staging/take-back-staging.ts';
import { eraseSubject } from './subjects/erase-subject.ts';
import { exportSubject } from './subjects/export-subject.ts';
import { endMcpSession } from './mcp/end-mcp-session.ts';
import { getResourceMetadata } from './mcp/get-resource-metadata.ts';
import { listenToMcp } from './mcp/listen-to-mcp.ts';
import { sendMcpMessage } from './mcp/send-mcp-message.ts';
import { watchEntries } from './stream/watch-entries.ts';
import { planUndo } from './undos/plan-undo.ts';
import { askUndo } from './undos/ask-undo.ts';
import { takeUndo } from './undos/take-undo.ts';
import { reportUndo } from './undos/report-undo.ts';
import { listUndos } from './undos/list-undos.ts';
import { getUndo } from './undos/get-undo.ts';
import { voteOnUndo } from './undos/vote-on-undo.ts';
import { runUndo } from './undos/run-undo.ts';
import { settleUndo } from './undos/settle-undo.ts';
import { withdrawUndo } from './undos/withdraw-undo.ts';
import { searchEntries } from './search/search-entries.ts';
import { getSurroundings } from './traces/get-surroundings.ts';
import { getTrace } from './traces/get-trace.ts';
import { listRoomSessions } from './traces/list-room-sessions.ts';
import { openTrace } from './traces/open-trace.ts';
import { acceptTool } from './tools/accept-tool.ts';
import { getTool } from './tools/get-tool.ts';
import { listTools } from './tools/list-tools.ts';
import { offerTools } from './tools/offer-tools.ts';
import { getSupervision } from './supervision/get-supervision.ts';
import { recordObserved } from './supervision/record-observed.ts';
import { refuseCall } from './tools/refuse-call.ts';

/** Every route there is. Source: spec/api/README.md, section "Routes". */
export const ROUTES: readonly Route[] = [
  getHealth,
  getReadiness,
  getMetrics,
  getOverview,
  getAttention,
  listAgents,
  addAgent,
  getAgent,
  haltAgent,
  resumeAgent,
  listLocks,
  addLock,
  removeLock,
  listNodeLocks,
  addNodeLock,
  removeNodeLock,
  listGates,
  decideGate,
  listBounds,
  haltAll,
  resumeAll,
  listHalts,
  getHalt,
  takeLease,
  renewLease,
  watchStops,
  acknowledgeStop,
  giveUpLease,
  listDrills,
  getDrill,
  listAgentDrills,
  runDrill,
  listReviews,
  closeReview,
  getStaging,
  promoteStaging,
  takeBackStaging,
  planUndo,
  askUndo,
  takeUndo,
  reportUndo,
  listUndos,
  getUndo,
  voteOnUndo,
  runUndo,
  settleUndo,
  withdrawUndo,
  listCases,
  beginAudit,
  drawAudit,
  listAudits,
  listAuditQueue,
  getAuditItem,
  judgeAuditItem,
  getAuditFigures,
  listPacts,
  tryPact,
  getPact,
  proposePact,
  approvePact,
  rollbackPact,
  endShadow,
  sendMcpMessage,
  listenToMcp,
  endMcpSession,
  getResourceMetadata,
  takeHookEvent,
  offerTools,
  refuseCall,
  recordObserved,
  getSupervision,
  listTools,
  getTool,
  acceptTool,
  reportBypasses,
  listBypasses,
  openSession,
  listSessions,
  getTrace,
  getSurroundings,
  openTrace,
  listRoomSessions,
  closeSession,
  addMessage,
  reportSession,
  addClaims,
  decideAction,
  redeemPermit,
  forwardPermit,
  reportOutcome,
  // What is spelt out comes before what names a place.
  listApprovals,
  castVotes,
  getFatigue,
  getApproval,
  castVote,
  makeApprovalLink,
  listSeats,
  giveSeat,
  returnSeat,
  showApprovalLink,
  voteByLink,
  listDecisions,
  getDecision,
  openDecision,
  addCorrection,
  listEvents,
  searchEntries,
  watchEntries,
  listGrants,
  getLog,
  getEntry,
  getProof,
  getConsistency,
  getRetention,
  planPack,
  makePack,
  rollLog,
  listKeys,
  addKey,
  revokeKey,
  listCredentials,
  addCredential,
  rotateCredential,
  revokeCredential,
  listFactors,
  enrolFactor,
  makeChallenge,
  confirmFactor,
  removeFactor,
  getWebAuthnPage,
  goToConsole,
  enterConsole,
  showConsole,
  // Before the files, whose path takes whatever stands below the console.
  getSignIn,
  signIn,
  signOut,
  useSignIn,
  makeSignInChallenge,
  listSignIns,
  endSignIn,
  endSignIns,
  endOidc,
  beginOidc,
  makeSignInLink,
  showLinkOwner,
  getConsoleFile,
  giveGrant,
  takeBackGrant,
  startBreakGlass,
  listBreakGlass,
  endBreakGlass,
  reviewBreakGlass,
  listChannels,
  testChannel,
  listMessages,
  retryMessages,
  listIncidents,
  sayWord,
  pressSlackButton,
  callBackServiceNow,
  eraseSubject,
  exportSubject,
  getLogFile,
  getConfiguration,
  evaluate,
  evaluateMany,
];
