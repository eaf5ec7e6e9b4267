import type { Bootstrap, Started } from './start-said.ts';

/**
 * Returns what a person is told at the first start; the admin key is never shown again. `program`
 * is how this person calls `plumb`.
 */
export function firstSteps(
  { bootstrap, url, socket, verifierKey }: Started,
  program: string,
): string {
  if (bootstrap === null) return '';
  return `
This is the first start. Keep these three:

  admin key, shown this once   ${bootstrap.adminKey}
  root key, make a copy        ${bootstrap.rootKey}
  the log's verifier key       ${verifierKey}

The daemon answers at ${url === null ? socket : `${url} and ${socket}`}.
${consoleSteps(bootstrap, program)}Next:

  ${program} agent add <agent>
      an agent that is refused everything
  ${program} pact publish <file>
      what it may do
  ${program} key add --kind agent --name <name> --agent <agent>
      a key for its enforcement point
  ${program} doctor
      whether all is well
`;
}

function consoleSteps({ consoleLink }: Bootstrap, program: string): string {
  if (consoleLink === null) return '';
  return `
The console, signed in by this link, once and within ten minutes:

  ${consoleLink}

Later, \`${program} console\` prints another.

`;
}
