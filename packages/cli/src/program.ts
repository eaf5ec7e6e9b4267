import { Command, CommanderError, Option } from 'commander';
import { kernelVersion } from '@plumbline/core';

import { addAgent } from './commands/agent.ts';
import { addApproval } from './commands/approval.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addBreakGlass } from './commands/break-glass.ts';
import { addCases } from './commands/cases.ts';
import { addCompletion } from './commands/completion.ts';
import { addCredential } from './commands/credential.ts';
import { addConsole } from './commands/console.ts';
import { addCorrect } from './commands/correct.ts';
import { addDecide } from './commands/decide.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { addDrill } from './commands/drill.ts';
import { addFactor } from './commands/factor.ts';
import { addGrant } from './commands/grant.ts';
import { addHalt } from './commands/halt.ts';
import { addGate } from './commands/gate.ts';
import { addGrants } from './commands/grants.ts';
import { addHook } from './commands/hook.ts';
import { addInit } from './commands/init.ts';
import { addInventory } from './commands/inventory.ts';
import { addLock } from './commands/lock.ts';
import { addLog } from './commands/log.ts';
import { addMcp } from './commands/mcp.ts';
import { addNotify } from './commands/notify.ts';
import { addPack } from './commands/pack.ts';
import { addKey } from './commands/key.ts';
import { addPact } from './commands/pact.ts';
import { addProof } from './commands/proof.ts';
import { addReplay } from './commands/replay.ts';
import { addReview } from './commands/review.ts';
import { addVerify } from './commands/verify.ts';
import { addRun } from './commands/run.ts';
import { addSession } from './commands/session.ts';
import { addStaging } from './commands/staging.ts';
import { addStatus } from './commands/status.ts';
import { addSubject } from './commands/subject.ts';
import { addTool } from './commands/tool.ts';
import { addUndo } from './commands/undo.ts';
import { addUp } from './commands/up.ts';
import { addVersion } from './commands/version.ts';
import { addWhy } from './commands/why.ts';
import { EXIT, EXIT_HELP, type ExitCode } from './exit-codes.ts';
import type { Shell } from './shell.ts';
import { Stop } from './stop.ts';

/** Returns the whole command tree of `plumb`. */
export function buildProgram(shell: Shell): Command {
  const program = new Command('plumb')
    .description('Keep AI agents inside their pacts.')
    .version(kernelVersion, '-V, --version', 'print the version')
    .addOption(new Option('--no-color', 'plain text'))
    .showHelpAfterError('run `plumb --help` to see what there is')
    .addHelpText('after', EXIT_HELP)
    .configureOutput({
      writeOut: (text) => shell.screen.print(text.trimEnd()),
      writeErr: (text) => shell.screen.note(text),
    })
    .exitOverride();
  addInit(program, shell);
  addPact(program, shell);
  addDecide(program, shell);
  addReplay(program, shell);
  addUp(program, shell);
  addDown(program, shell);
  addStatus(program, shell);
  addAgent(program, shell);
  addHalt(program, shell);
  addConsole(program, shell);
  addDrill(program, shell);
  addKey(program, shell);
  addCredential(program, shell);
  addApproval(program, shell);
  addSession(program, shell);
  addGrants(program, shell);
  addMcp(program, shell);
  addRun(program, shell);
  addHook(program, shell);
  addTool(program, shell);
  addInventory(program, shell);
  addStaging(program, shell);
  addFactor(program, shell);
  addGrant(program, shell);
  addBreakGlass(program, shell);
  addNotify(program, shell);
  addSubject(program, shell);
  addLock(program, shell);
  addGate(program, shell);
  addUndo(program, shell);
  addCorrect(program, shell);
  addCases(program, shell);
  addAudit(program, shell);
  addReview(program, shell);
  addDoctor(program, shell);
  addBackup(program, shell);
  addVerify(program, shell);
  addLog(program, shell);
  addWhy(program, shell);
  addProof(program, shell);
  addPack(program, shell);
  addCompletion(program, shell);
  addVersion(program, shell);
  return program;
}

/**
 * Runs one command line and returns its exit code.
 *
 * argv: the arguments after the script name. A fault of plumb itself is thrown.
 */
export async function run(argv: readonly string[], shell: Omit<Shell, 'exit'>): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = buildProgram({ ...shell, exit: (said) => (code = said) });
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    if (cause instanceof Stop) return sayStop(cause, shell, argv.includes('--json'));
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.ok : EXIT.input;
    throw cause;
  }
}

/** The message goes to standard error; with `--json` standard output still holds one object. */
function sayStop(stop: Stop, { screen }: Omit<Shell, 'exit'>, isJson: boolean): ExitCode {
  screen.note(`plumb: ${stop.message}\n`);
  if (isJson) {
    screen.json({ error: { message: stop.message, place: stop.place, exit: stop.exit } });
  }
  return stop.exit;
}
