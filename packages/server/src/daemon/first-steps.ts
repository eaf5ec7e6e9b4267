import type { Started } from './start-said.ts';

/** Returns what a person is told at the first start; the admin key is never shown again. */
export function firstSteps({ bootstrap, url, socket, verifierKey }: Started): string {
  if (bootstrap === null) return '';
  return `
This is the first start. Keep these three:

  admin key, shown this once   ${bootstrap.adminKey}
  root key, make a copy        ${bootstrap.rootKey}
  the log's verifier key       ${verifierKey}

The daemon answers at ${url === null ? socket : `${url} and ${socket}`}. Next:

  plumb agent add <agent>                      an agent that is refused everything
  plumb pact publish <file>                    what it may do
  plumb key add --kind agent --name <name> --agent <agent>
                                               a key for its enforcement point
  plumb doctor                                 whether all is well
`;
}
