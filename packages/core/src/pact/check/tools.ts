import type { Tool } from '../compiled.ts';
import { visit } from '../expression/tree.ts';
import { isGlob, matchesAny, matchesTool } from '../glob.ts';
import { checkValuePath, toolsOf } from './context.ts';
import type { Context } from './context.ts';
import { checkFactKeys } from './fact-keys.ts';
import { checkUndo } from './undo.ts';

/** Checks the declared tools of a layer, and its rules against what the tools are. */
export function checkDeclarations(context: Context): void {
  for (const { tool, undo, paths } of context.document.tools.values()) {
    for (const path of paths) checkValuePath(context, tool.name, path);
    if (undo !== null) checkUndo(context, tool, undo);
  }
  checkFactKeys(context);
  checkAutonomy(context);
  checkTiers(context);
  checkCheckpoints(context);
}

function worldly(tool: Tool): boolean {
  return tool.effect !== 'read' || tool.isOpenWorld;
}

/** At level 1 the kernel refuses every effect, so a rule that allows one can never hold. */
function checkAutonomy(context: Context): void {
  const { document, findings, tools } = context;
  if (document.autonomy.value !== 1) return;
  for (const rule of document.allow) {
    for (const { value, place } of rule.tools) {
      const names = toolsOf(context, value);
      const isRefused = value.startsWith('handoff.')
        ? !isGlob(value)
        : names.length > 0 && names.every((name) => isWorldly(tools, name));
      if (!isRefused) continue;
      const message =
        `rule \`${rule.id}\` allows \`${value}\`, which acts on the world: ` +
        'autonomy 1 only reads, raise it to 2 or drop the rule';
      findings.error({ code: 'autonomy-conflict', place, message });
    }
  }
}

function isWorldly(tools: ReadonlyMap<string, Tool>, name: string): boolean {
  const tool = tools.get(name);
  return tool !== undefined && worldly(tool);
}

function checkTiers(context: Context): void {
  const { document, findings, tools } = context;
  if (document.tiers.elevated !== null) return;
  for (const { tools: patterns } of document.allow) {
    for (const { value, place } of patterns) {
      const elevated = toolsOf(context, value).find((n) => tools.get(n)?.tier === 'elevated');
      if (elevated === undefined) continue;
      const message = `\`${elevated}\` is elevated: say in \`tiers.elevated\` which claim it needs`;
      findings.error({ code: 'missing-tier', place, message });
    }
  }
}

function checkCheckpoints(context: Context): void {
  const { document, findings } = context;
  if (document.autonomy.value !== 3) return;
  const held = new Set(document.checkpoints.flatMap(({ to }) => to.map(({ value }) => value)));
  for (const { tools } of document.allow) {
    for (const { value, place } of tools) {
      if (!value.startsWith('handoff.') || held.has(value.slice('handoff.'.length))) continue;
      const message = `\`${value}\` has no checkpoint: at autonomy 3 a hand-off needs one`;
      findings.error({ code: 'missing-checkpoint', place, message });
    }
  }
}

/** Warns of tools of a layer that no rule of the whole chain mentions. */
export function checkMentions(contexts: readonly Context[]): void {
  const patterns = contexts.flatMap(({ document }) => {
    const { allow, exclude, stepUp, defer, modify, duplicates } = document;
    const rules = [...allow, ...exclude, ...stepUp, ...defer, ...modify, ...duplicates];
    return rules.flatMap(({ tools }) => tools.map(({ value }) => value));
  });
  for (const { document, findings } of contexts) {
    for (const { tool, place } of document.tools.values()) {
      if (matchesAny(patterns, tool.name)) continue;
      const message = `no rule mentions \`${tool.name}\`: allow it, exclude it or drop it`;
      findings.warn({ code: 'unmentioned-tool', place, message });
    }
  }
}

/** Warns once of conditions on arguments of tools that have no schema. */
export function checkSchemas(context: Context): void {
  const { document, findings, tools } = context;
  const { allow, exclude, stepUp, defer, modify } = document;
  const names = new Set<string>();
  for (const rule of [...allow, ...exclude, ...stepUp, ...defer, ...modify]) {
    let namesArgs = false;
    for (const expression of [rule.when, rule.unless]) {
      if (expression === null) continue;
      visit(expression.ast, (node) => {
        namesArgs ||= node.op === 'id' && node.args === 'args';
      });
    }
    if (!namesArgs) continue;
    for (const tool of tools.values()) {
      const isNamed = rule.tools.some(({ value }) => matchesTool(value, tool.name));
      if (isNamed && tool.schema === null) names.add(tool.name);
    }
  }
  if (names.size === 0) return;
  const listed = [...names].map((name) => `\`${name}\``).join(', ');
  const message = `arguments of ${listed} are not checked: name a list of tools in \`schemas\``;
  findings.warn({ code: 'unchecked-arguments', place: document.place, message });
}
