import type { TraceRow } from '../../data/traces.ts';
import { listAt, textAt } from './open-part.ts';

/** What a row of the timeline says: what happened, and a word more where there is one. */
export type EntryWords = { readonly title: string; readonly more: string };

/** Returns what an entry is called where its row says no more. */
export function kindText(kind: string): string {
  const text = kind.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns in words what an entry says openly. `toolOf` names the tool of a decision by its id. */
export function entryWords(
  { kind, open, secret, source }: TraceRow,
  toolOf: (decision: string) => string | null,
): EntryWords {
  const said = (name: string): string => textAt(open, name) ?? '';
  switch (kind) {
    case 'session_opened':
      return { title: `Opened by ${said('openedBy')}`, more: taskText(said('task')) };
    case 'session_closed':
      return { title: 'Closed', more: said('reason') };
    case 'message':
      return {
        title: source?.from === 'principal' ? 'The principal said' : 'Content from elsewhere',
        more: textAt(secret, 'text') ?? '',
      };
    case 'decided':
      return {
        title: textAt(Reflect.get(Object(secret), 'action'), 'tool') ?? toolText(said('tool')),
        more: rulesText(open),
      };
    case 'outcome':
      return {
        title: `${toolOf(said('decision')) ?? 'The call'} answered`,
        more: resultText(secret, said('status')),
      };
    case 'approval':
      return { title: `Approval ${said('outcome')}`, more: listAt(open, 'rules').join(', ') };
    case 'vote':
      return { title: `A person voted to ${said('outcome')}`, more: said('mechanism') };
    case 'approval_link':
      return { title: 'A link to vote was made', more: '' };
    case 'claim':
      return { title: 'A claim was verified', more: said('mechanism') };
    case 'claim_revoked':
      return { title: 'A claim was taken back', more: said('id') };
    case 'finding':
      return { title: `Found: ${said('name').replaceAll('_', ' ')}`, more: '' };
    case 'observed':
      return { title: 'Seen by the supervisor', more: said('what') };
    case 'delegated':
      return { title: `Handed down to ${said('toAgent')}`, more: said('toSession') };
    case 'escalated':
      return { title: 'Told whom to ask for more authority', more: said('rule') };
    case 'reported':
      return {
        title: open['resolved'] === true ? 'Reported as done' : 'Reported as not done',
        more: textAt(secret, 'note') ?? '',
      };
    case 'gate':
      return { title: `Gate ${said('category')} ${said('outcome')}`, more: said('reason') };
    default:
      return { title: kindText(kind), more: said('rule') };
  }
}

function taskText(task: string): string {
  return task === '' ? 'without a task' : `for the task ${task}`;
}

function toolText(tool: string): string {
  return tool === '' ? 'A tool that the pact does not declare' : tool;
}

/** The rules that had a say, those that refused first. */
function rulesText(open: TraceRow['open']): string {
  const verdict = textAt(open, 'verdict');
  const findings = listAt(open, 'findings');
  const rules = findings
    .filter((finding) => textAt(finding, 'kind') === verdict)
    .map((finding) => textAt(finding, 'rule') ?? '');
  return rules.length === 0 ? '' : `by ${[...new Set(rules)].join(', ')}`;
}

function resultText(secret: TraceRow['secret'], status: string): string {
  const result: unknown = Reflect.get(Object(secret), 'result');
  if (result === undefined || result === null) return OUTCOMES[status] ?? status;
  return typeof result === 'string' ? result : JSON.stringify(result);
}

const OUTCOMES: Readonly<Record<string, string>> = {
  ok: 'it was done',
  error: 'with an error',
  not_sent: 'it was never sent',
  unknown: 'what became of it is not known',
};
