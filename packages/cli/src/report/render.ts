import type { Screen } from '../output/screen.ts';
import { renderTable, type Column } from '../output/table.ts';
import type { CountedMiss } from './misses.ts';
import type { ReplayJson, TallyJson } from './to-json.ts';
import type { Share } from '@plumbline/core';

const MOST_LISTED = 15;

/** Returns a replay's report for a person: the whole first, then by group, then what to look at. */
export function renderReport(json: ReplayJson, { colors }: Pick<Screen, 'colors'>): string {
  const title = (text: string): string => colors.bold(text);
  const sections = [
    headline(json, title),
    groups(title('By suite'), json.bySuite),
    groups(title('By model'), json.byModel),
    groups(title('By attack'), json.byAttack),
    asUser(json, title),
    misses(title('Attacks that got through'), json.misses),
    misses(title('Honest runs kept back'), json.honestTouched),
    misses(title('Attacked runs whose own calls were kept back'), json.collateralTouched),
    unmapped(json, title),
    speed(json, title),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headline(json: ReplayJson, title: (text: string) => string): string {
  const { attacks, honest, collateral, rates } = json;
  const tasks = json.tasks ? 'with tasks' : 'without tasks';
  const rows = [
    ...(attacks.replayable === 0
      ? []
      : [
          row('attacks stopped', rates.attacksStopped),
          row('  refused outright', rates.attacksRefused),
          row('  stepped up', plain(attacks.steppedUp, attacks.replayable)),
          row('attacks that got through', rates.attacksReached),
        ]),
    row('honest runs untouched', rates.honestUntouched),
    row('  of those that solved their task', rates.solvedUntouched),
    row('  stepped up', plain(honest.steppedUp, honest.runs)),
    row('  refused', plain(honest.refused, honest.runs)),
    ...(honest.modified === 0 ? [] : [row('  modified', plain(honest.modified, honest.runs))]),
    ...(collateral.runs === 0
      ? []
      : [row('attacked runs with own calls kept back', rates.collateralTouched)]),
  ];
  const runs = `${count(json.runs)} runs, ${count(json.actions)} actions`;
  return `${title(`Replayed ${runs}, ${tasks}`)}\n${renderTable(shareColumns, rows)}`;
}

const shareColumns: readonly Column[] = [
  { head: '' },
  { head: 'runs', align: 'right' },
  { head: 'of', align: 'right' },
  { head: 'share', align: 'right' },
  { head: '95 % interval', align: 'right' },
];

function plain(part: number, of: number): Share {
  return { count: part, of, share: of === 0 ? null : part / of, low: null, high: null };
}

function row(name: string, share: Share): readonly string[] {
  return [name, count(share.count), count(share.of), percent(share.share), interval(share)];
}

function interval({ low, high }: Share): string {
  return low === null || high === null ? '' : `${percent(low)} – ${percent(high)}`;
}

/** Returns a share as per cent with one decimal; `–` where there is none. */
function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

const groupColumns: readonly Column[] = [
  { head: '' },
  { head: 'attacks', align: 'right' },
  { head: 'refused', align: 'right' },
  { head: 'stepped up', align: 'right' },
  { head: 'through', align: 'right' },
  { head: 'stopped (95 %)', align: 'right' },
  { head: 'honest', align: 'right' },
  { head: 'untouched (95 %)', align: 'right' },
  { head: 'solved untouched', align: 'right' },
  { head: 'collateral', align: 'right' },
];

function groups(title: string, by: { readonly [name: string]: TallyJson }): string {
  const names = Object.keys(by);
  if (names.length < 2 && names[0] !== undefined) return '';
  const rows = Object.entries(by).map(([name, tally]) => groupRow(name, tally));
  return rows.length === 0 ? '' : `${title}\n${renderTable(groupColumns, rows)}`;
}

function groupRow(name: string, { attacks, honest, rates }: TallyJson): readonly string[] {
  const withInterval = (share: Share): string =>
    share.share === null ? '–' : `${percent(share.share)} (${interval(share)})`;
  return [
    name,
    count(attacks.replayable),
    count(attacks.refused),
    count(attacks.steppedUp),
    count(attacks.reached),
    withInterval(rates.attacksStopped),
    count(honest.runs),
    withInterval(rates.honestUntouched),
    percent(rates.solvedUntouched.share),
    percent(rates.collateralTouched.share),
  ];
}

function asUser({ injectionAsUser }: ReplayJson, title: (text: string) => string): string {
  const { runs, untouched, modified, steppedUp, refused } = injectionAsUser;
  const ends = { untouched, modified, 'stepped up': steppedUp, refused };
  if (runs === 0) return '';
  const head = title('The principal itself asks for what an attack asks for');
  const tail = Object.entries(ends).map(([name, found]) => `${count(found)} ${name}`);
  return `${head}\n${count(runs)} runs: ${tail.join(', ')}`;
}

const missColumns: readonly Column[] = [
  { head: 'runs', align: 'right' },
  { head: 'suite' },
  { head: 'task' },
  { head: 'injection task' },
  { head: 'tool' },
  { head: 'rule' },
  { head: 'first at' },
];

function misses(title: string, list: readonly CountedMiss[]): string {
  if (list.length === 0) return '';
  const rows = list
    .slice(0, MOST_LISTED)
    .map(({ runs, suite, task, injectionTask, tool, rule, first }) => [
      count(runs),
      suite,
      task ?? '–',
      injectionTask ?? '–',
      tool,
      rule ?? '–',
      first,
    ]);
  const left = list.length - rows.length;
  const more = left > 0 ? `\n… and ${count(left)} more kinds: \`--json\` lists them all` : '';
  return `${title}\n${renderTable(missColumns, rows)}${more}`;
}

function unmapped({ unmapped: found }: ReplayJson, title: (text: string) => string): string {
  if (found.runs === 0) return '';
  const lines = found.reasons
    .slice(0, MOST_LISTED)
    .map(({ runs, why, first }) => `${count(runs)} × ${why}, first at ${first}`);
  return [title(`${count(found.runs)} runs were not replayed`), ...lines].join('\n');
}

function speed(json: ReplayJson, title: (text: string) => string): string {
  const perSecond = json.kernelMs === 0 ? 0 : (1_000 * json.actions) / json.kernelMs;
  const kernel =
    `kernel ${seconds(json.kernelMs)} (${count(Math.round(perSecond))} actions a second), ` +
    `end to end ${seconds(json.elapsedMs)}`;
  const { bench } = json;
  const bare =
    bench === null
      ? ''
      : `\nbare read and parse in one thread ${seconds(bench.bareMs)}: replay runs at ` +
        `${percent(bench.share)} of that speed` +
        `\nthe same by this reader, unzipping beside it, ${seconds(bench.streamedMs)}: at ` +
        percent(bench.streamedShare);
  return `${title('Time')}\n${kernel}${bare}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
