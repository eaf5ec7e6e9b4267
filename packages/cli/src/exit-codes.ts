/**
 * What the exit code of `plumb` means.
 *
 * Source: docs/cli.md, section "Exit codes". Scripts rely on these numbers, so they never change.
 */
export const EXIT = {
  ok: 0,
  no: 1,
  input: 2,
  internal: 3,
  stepUp: 4,
  defer: 5,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit codes as `--help` prints them. */
export const EXIT_HELP = `
Exit codes:
  0  ok, or the answer is yes
  1  the answer is no, or there are findings
  2  usage, or input that cannot be read
  3  a fault of plumb itself
  4  decide: a person has to approve first
  5  decide: suspended until a fact is known
`;
