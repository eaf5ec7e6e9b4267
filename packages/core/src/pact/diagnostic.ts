/** Every code a diagnostic can carry. Source: spec/pact/language.md, section "Diagnostics". */
export const DIAGNOSTIC_CODES = [
  'unreadable-file',
  'too-large',
  'too-many',
  'encoding',
  'yaml-syntax',
  'many-documents',
  'alias',
  'tag',
  'too-deep',
  'duplicate-key',
  'bad-key',
  'imprecise-number',
  'missing-field',
  'unknown-field-name',
  'wrong-type',
  'bad-value',
  'bad-duration',
  'bad-decimal',
  'bad-percentage',
  'bad-timezone',
  'bad-approver',
  'bad-path',
  'bad-name',
  'bad-schema',
  'duplicate-rule',
  'unknown-tool',
  'unknown-field',
  'unknown-session-field',
  'unknown-fact',
  'unknown-label',
  'unknown-task',
  'unknown-source',
  'unknown-rule',
  'unknown-metric',
  'unknown-variable',
  'unknown-function',
  'expression-syntax',
  'expression-type',
  'expression-limit',
  'bad-pattern',
  'money-mix',
  'not-in-enum',
  'constant-size',
  'allow-glob',
  'unmentioned-tool',
  'unchecked-arguments',
  'task-conflict',
  'autonomy-conflict',
  'unknown-undo',
  'missing-tier',
  'missing-checkpoint',
  'rule-of-two',
  'extends-cycle',
  'extends-depth',
  'tool-mismatch',
  'unreachable-rule',
  'shadowed-rule',
  'contradictory-rule',
  'analysis-stopped',
] as const;

/** The code of a diagnostic; a closed set, pinned by golden tests. */
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** Where something stands in a file; lines and columns count from 1, columns in UTF-16 units. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** One thing wrong (`error`: the pact does not load) or doubtful (`warning`) about a pact. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

/** What `diagnostic` needs besides its severity. */
export type Remark = {
  readonly code: DiagnosticCode;
  readonly place: Place;
  readonly message: string;
};

/** Returns an error about a place. */
export function problem({ code, place, message }: Remark): Diagnostic {
  return { severity: 'error', code, ...place, message };
}

/** Returns a warning about a place. */
export function warning({ code, place, message }: Remark): Diagnostic {
  return { severity: 'warning', code, ...place, message };
}

/** Returns `file:line:column: message`, with `warning: ` before the message of a warning. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message } = diagnostic;
  return `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/** Returns the diagnostics by file, line and column; equal places keep their order. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}
