export { printConfig } from './config/print-config.ts';
export { ConfigError } from './config/config-error.ts';
export type { Config } from './config/config.ts';
export { type Environment, loadConfig, type Told } from './config/load-config.ts';
export { environmentName, type Setting, SETTINGS } from './config/settings.ts';
export {
  type Asked,
  ClientError,
  type DaemonClient,
  openClient,
  type Target,
} from './client/daemon-client.ts';
export { ensureDaemon, hasOwnConfig, isAnswering, type Start } from './client/ensure-daemon.ts';
export {
  forgetFailedStart,
  noteFailedStart,
  readFailedStart,
  sayFailedStart,
} from './client/failed-start.ts';
export { type StdioOptions, type WrappedServer, wrapServer } from './client/mcp-stdio.ts';
export { stagingCommand, type StagingOptions } from './client/staging-command.ts';
export {
  openSocketEnforcement,
  type SessionRequest,
  type SocketEnforcement,
} from './client/socket-enforcement.ts';
export { firstSteps } from './daemon/first-steps.ts';
export { type Holder, isHeld, readHolder } from './daemon/lock.ts';
export { type Places, placesOf, StartRefused } from './daemon/places.ts';
export { type Bootstrap, type Started, type StartSaid } from './daemon/start-said.ts';
export { type DaemonExit, runDaemon, type Running } from './main.ts';
export { Tally, type Trial, type TrialPair } from './services/trials/tally.ts';
export { makeSigningKey, signPact, type SigningKey } from './services/signing-key.ts';
export { type Placed, entriesOf, statedSize } from './record/entry-stream.ts';
export { type OfflineRecord, openOffline, type Where } from './record/offline.ts';
export { OfflineError } from './record/offline-error.ts';
export { Opener, secretIn } from './record/opener.ts';
export { type PackManifest, readPack } from './record/pack-files.ts';
export {
  type EarlierLog,
  type Verified,
  type VerifyOptions,
  verifyRecord,
} from './record/verify-record.ts';
export type { Dated } from './record/proven-time.ts';
export { certificatesIn } from './record/verify-timestamp.ts';
export type { PackRequest } from './record/select-pack.ts';
export { type PutFile, writePack, type WrittenPack } from './record/write-pack.ts';
export { packArchive } from './record/pack-archive.ts';
export { isCompressed, unpackArchive } from './record/unpack-archive.ts';
export { primitives } from './ledger/primitives.ts';
export {
  type Call,
  type EnforcementOptions,
  type EnforcementPoint,
  type NotDone,
  openEnforcementPoint,
  type Proposed,
} from './client/enforcement-point.ts';
export {
  type SocketAnswer,
  SocketClient,
  type SocketOperation,
} from './pep/socket/socket-client.ts';
export {
  backupLedger,
  backupVault,
  type Copied,
  restore as restoreFolder,
  type Restoring,
} from './daemon/backup.ts';
export { parseNetwork } from './egress/address.ts';
export { agentEnvironment, type NamedEnvironment } from './supervisor/agent-environment.ts';
export { parseAllowed } from './egress/allow-list.ts';
export { checkFolders } from './supervisor/sandbox/check-folders.ts';
export { sandboxMachine } from './supervisor/sandbox/needs.ts';
export { whoRuns } from './supervisor/sandbox/who.ts';
export { supervise, type Supervised, type SuperviseRequest } from './supervisor/supervise.ts';
export { examine } from './daemon/doctor.ts';
export type { Examining, Finding } from './daemon/finding.ts';
export { rotateLogKey, type Rotated } from './daemon/rotate-log-key.ts';
export { type Machine, lookAround } from './machine/look.ts';
export { blindnessOf, type HookFile } from './machine/read-hooks.ts';
export type { ConfiguredServer } from './machine/configured-server.ts';
export type { Trouble } from './machine/read-file.ts';
export type { Surroundings } from './machine/surroundings.ts';
export {
  type Governed,
  governedBy,
  hookOver,
  isDecidedTwice,
  type ShownServer,
  shownServer,
} from './machine/shown-server.ts';
export { GovernedFiles, type GovernedFile, RewireRefused } from './machine/governed-files.ts';
export { maskedUrl, maskedWords } from './machine/masked.ts';
export {
  carryOut,
  type Left,
  type Plan,
  planGoverning,
  planUndoing,
  type RewiredFile,
  type Wrapping,
} from './machine/rewire-file.ts';
export { readClientFile } from './machine/look.ts';
export { askTools, type AskedTools } from './client/ask-tools.ts';
export {
  HOOK_CLIENTS,
  HOOK_KEY,
  type HookClient,
  type HookClientId,
  type HookScope,
} from './machine/hook-clients.ts';
export { HOOK_SCRIPT, type HookAttestation, type InstalledHook } from './machine/hook-command.ts';
export { faultOfHooks, hooksIn, withHooks, withoutHooks } from './machine/hook-edits.ts';
export { HookRecords } from './machine/hook-records.ts';
export { hookScript } from './machine/hook-script.ts';
export { readWhole } from './machine/read-file.ts';
export { folderOf } from './machine/surroundings.ts';
export { readPrograms, type RunningProgram, runningAround } from './machine/processes.ts';
export { readTranscripts, type TranscriptCall, type Transcripts } from './machine/transcripts.ts';
