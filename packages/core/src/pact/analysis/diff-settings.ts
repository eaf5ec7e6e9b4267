import { canonical } from '../../canonical.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { PactDocument } from '../document.ts';
import { setting } from './change.ts';
import type { Change } from './change.ts';
import { ruleSettings, spanText, toolSettings, windowText } from './setting-values.ts';

/**
 * Returns what changed of everything that is set rather than decided by a condition: tools, limits
 * and budgets, levels, tiers, flows, gates and all other members of a layer.
 */
export function settingChanges(before: PactDocument, after: PactDocument): readonly Change[] {
  const [old, next] = [settingsOf(before), settingsOf(after)];
  const changes: Change[] = [];
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(name) ?? null, next.get(name) ?? null];
    if (canonical(was) !== canonical(is)) changes.push(...changesOf(name, { was, is }));
  }
  return [...changes, ...amountChanges(before, after)];
}

/** `label` names a whole setting; `path` is the member of it that is compared. */
function changesOf(label: string, values: Was, path: readonly string[] = []): readonly Change[] {
  const { was, is } = values;
  if (isJsonObject(was) && isJsonObject(is)) {
    const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...keys].flatMap((key) => {
      const [old, next] = [was[key] ?? null, is[key] ?? null];
      if (canonical(old) === canonical(next)) return [];
      return changesOf(label, { was: old, is: next }, [...path, key]);
    });
  }
  const name = path.length === 0 ? label : `\`${path.join('.')}\` of ${label}`;
  const texts = { before: sayValue(was), after: sayValue(is) };
  return [setting(label.replaceAll('`', ''), sentence(name, was, is), texts)];
}

type Was = { readonly was: Json; readonly is: Json };

function sentence(name: string, was: Json, is: Json): string {
  if (was === null) return isJsonObject(is) ? `${name} is new` : `${name} is now ${sayValue(is)}`;
  if (is === null) return isJsonObject(was) ? `${name} is gone` : `${name} is no longer set`;
  if (typeof was === 'number' && typeof is === 'number') {
    return `${name} ${is > was ? 'raised' : 'lowered'} from ${was} to ${is}`;
  }
  if (Array.isArray(was) && Array.isArray(is)) return listSentence(name, was, is);
  return `${name} changed from ${sayValue(was)} to ${sayValue(is)}`;
}

function listSentence(name: string, was: readonly Json[], is: readonly Json[]): string {
  const had = new Set(was.map(canonical));
  const has = new Set(is.map(canonical));
  const added = is.filter((each) => !had.has(canonical(each))).map(sayValue);
  const gone = was.filter((each) => !has.has(canonical(each))).map(sayValue);
  const parts = [
    ...(added.length > 0 ? [`now also has ${added.join(', ')}`] : []),
    ...(gone.length > 0 ? [`no longer has ${gone.join(', ')}`] : []),
  ];
  return `${name} ${parts.length > 0 ? parts.join(' and ') : 'is in another order'}`;
}

function sayValue(value: Json): string {
  if (typeof value === 'string') return `\`${value}\``;
  return value === null ? 'nothing' : canonical(value);
}

type Settings = ReadonlyMap<string, Json>;

/** Members of the file that are compared as written: nothing computes with them. */
const written: readonly string[] =
  'purpose owner goal session canaries staging watch metrics drill persona lists'.split(' ');

function settingsOf(document: PactDocument): Settings {
  const { source, tiers, gates, persistence, bulk } = document;
  const plain: [string, Json][] = [
    ['agent', document.agent.value],
    ['autonomy', document.autonomy.value],
    ['timezone', document.timezone],
    ['unlisted', document.unlisted],
    ['when_away', document.whenAway],
    ['rule_of_two', document.ruleOfTwo.value],
    ['approvers', document.approvers],
    ['approve_within', spanText(document.approvalWithinMs)],
    ['halt_on', document.haltOn],
    ['dormant', spanText(document.dormantAfterMs)],
    ['gates', gates.isOn ? { widen_after: gates.widenAfter, approvers: gates.approvers } : 'off'],
    ['persistence', { ...persistence }],
    ['bulk', bulk === null ? 'off' : { ...bulk }],
    ['tiers', tierJson(tiers)],
    ...written.map((name): [string, Json] => [name, source[name] ?? null]),
  ];
  const entries: [string, Json][] = [
    ...plain.map(([name, value]): [string, Json] => [`\`${name}\``, value]),
    ...document.flows.map((flow): [string, Json] => [
      `flow \`${flow.id}\``,
      {
        mode: flow.mode,
        from: flow.from.kind === 'label' ? `label:${flow.from.label}` : flow.from.kind,
        to: flow.to,
        unless: flow.unless?.text ?? null,
        then: flow.then,
        approvers: flow.approvers,
        quorum: flow.quorum,
        within: spanText(flow.withinMs),
        say: flow.say,
      },
    ]),
    ...toolSettings(document),
    ...ruleSettings(document),
  ];
  return new Map(entries.map(([name, value]) => [name, present(value)]));
}

/** Members that say nothing are left out, so that they compare like absent ones. */
function present(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function tierJson({ standard, elevated, moneyAbove, escalate }: PactDocument['tiers']): JsonObject {
  const tier = (of: PactDocument['tiers']['standard']): Json =>
    of && { claim: of.claim, contains: of.contains, max_age: spanText(of.maxAgeMs) };
  return { standard: tier(standard), elevated: tier(elevated), money_above: moneyAbove, escalate };
}

/** How limits and budgets of allow rules of the same name changed. */
function amountChanges(before: PactDocument, after: PactDocument): readonly Change[] {
  return after.allow.flatMap((rule) => {
    const old = before.allow.find(({ id }) => id === rule.id);
    if (old === undefined) return [];
    const limits = compared(`limit of rule \`${rule.id}\``, {
      was: old.limits.map(({ calls, per }) => ({ much: calls, unit: callsPer(per) })),
      is: rule.limits.map(({ calls, per }) => ({ much: calls, unit: callsPer(per) })),
    });
    const budgets = compared(`budget of rule \`${rule.id}\``, {
      was: old.budgets.map(({ sum, max, per }) => ({ much: max, unit: sumPer(sum.value, per) })),
      is: rule.budgets.map(({ sum, max, per }) => ({ much: max, unit: sumPer(sum.value, per) })),
    });
    return [...limits, ...budgets];
  });
}

type Amount = { readonly much: number | string; readonly unit: string };
type Amounts = { readonly was: readonly Amount[]; readonly is: readonly Amount[] };

function callsPer(per: PactDocument['allow'][number]['limits'][number]['per']): string {
  return `calls per ${windowText(per)}`;
}

function sumPer(path: string, per: PactDocument['allow'][number]['limits'][number]['per']): string {
  return `of \`${path}\` per ${windowText(per)}`;
}

function compared(name: string, { was, is }: Amounts): readonly Change[] {
  const texts = { before: sayAmounts(was), after: sayAmounts(is) };
  if (texts.before === texts.after) return [];
  const [old] = was;
  const [next] = is;
  const isOne = was.length === 1 && is.length === 1 && old?.unit === next?.unit;
  if (isOne && old !== undefined && next !== undefined) {
    const verb = Number(next.much) > Number(old.much) ? 'raised' : 'lowered';
    const text = `${name} ${verb} from ${old.much} to ${next.much} ${next.unit}`;
    return [setting(name, text, texts)];
  }
  if (was.length === 0) return [setting(name, `${name} is new: ${texts.after}`, texts)];
  if (is.length === 0) return [setting(name, `${name} is gone: it was ${texts.before}`, texts)];
  return [setting(name, `${name} changed from ${texts.before} to ${texts.after}`, texts)];
}

function sayAmounts(amounts: readonly Amount[]): string {
  const said = amounts.map(({ much, unit }) => `${much} ${unit}`);
  return said.length === 0 ? 'none' : said.join(' and ');
}
