// A rule file as text: YAML documents, a rule each, read strictly, with the line of every mistake. Nothing in it is run.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { customPrefix } from '../model/custom-rule.ts';
import { type Outcome, type Severity, severities } from '../model/finding.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { clean } from '../model/text.ts';
import { documentsIn } from '../yaml/documents.ts';
import { readYaml, tooDeep, withinStack, YamlTextError } from '../yaml/read-yaml.ts';
import { quantifiers, type RuleCondition } from './condition.ts';
import { isOperator, isPlainJson, type OperatorName, operatorNames, operators } from './operators.ts';
import { parseValuePath } from './value-path.ts';

export interface RuleSample {
  readonly name: string;
  readonly line: number;
  readonly outcome: Outcome;
  readonly body: JsonObject;
}

export interface CustomRule {
  readonly id: string;
  readonly line: number;
  /** ARM type, as the file spells it. */
  readonly resource: string;
  readonly requirement: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
  readonly impact: string | undefined;
  readonly sources: readonly string[];
  /** It applies to resources for which this holds; absent: to all. */
  readonly when: RuleCondition | undefined;
  readonly require: RuleCondition;
  readonly samples: readonly RuleSample[];
}

export interface RuleKey {
  readonly name: string;
  readonly says: string;
  readonly isRequired: boolean;
}
/** Keys of a rule, for reading and for the page. */
export const ruleKeys: readonly RuleKey[] = [
  { name: 'id', says: '`custom.` and a name of lowercase letters, digits, dots and dashes', isRequired: true },
  { name: 'resource', says: 'ARM type of the resources to check', isRequired: true },
  { name: 'requirement', says: 'the requirement, at most 80 characters', isRequired: true },
  { name: 'problem', says: 'the problem if the requirement is not met, at most 80 characters', isRequired: true },
  { name: 'severity', says: severities.map((one) => `\`${one}\``).join(', '), isRequired: true },
  { name: 'require', says: 'the condition that must be true', isRequired: true },
  { name: 'when', says: 'the rule applies only where this condition is true', isRequired: false },
  { name: 'why', says: 'the risk; shown by `explain`', isRequired: false },
  { name: 'fix', says: 'what to do; Bastide sends nothing', isRequired: false },
  { name: 'impact', says: 'what the fix may interrupt', isRequired: false },
  { name: 'source', says: 'an `https` address, or a list of them', isRequired: true },
  { name: 'samples', says: 'resources with the outcome that each must have', isRequired: true },
];
const sampleKeys = ['name', 'outcome', 'body'];
const outcomes: readonly Outcome[] = ['fail', 'pass', 'unknown', 'notApplicable'];
/** Conditions inside one another, and rules of one file. */
const most = { depth: 20, brackets: 200, rules: 500, parts: 200, samples: 100 };

type Entries = ReadonlyMap<string, { readonly line: number; readonly node: Node | null }>;

/** The rules of a file. Throws {@link YamlTextError}. */
export function readRules(text: string): CustomRule[] {
  checkDepth(text);
  const { lineAt, read: documents } = readYaml(text, documentsIn);
  const lineOf = (node: Node | null | undefined): number => lineAt(node?.range?.[0]);
  const rules = documents
    .filter(({ contents }) => contents !== null && !isEmpty(contents as Node))
    .map((document) => ruleIn(document.contents as Node));
  if (rules.length > most.rules)
    throw new YamlTextError(1, `The file contains more than ${most.rules} rules.`, 'Divide it.');
  return rules;

  function fail(node: Node | null | undefined, message: string, next = ''): never {
    throw new YamlTextError(lineOf(node), message, next);
  }

  /** The members of a mapping. `known`: the names it may have. */
  function entriesOf(node: Node | null, what: string, known: readonly string[] | undefined): Entries {
    if (!isMap(node)) fail(node, `${what} must be keys with values.`);
    const all = node.items.map((pair: Pair) => {
      const key = pair.key as Node;
      const name = isScalar(key) ? String(key.value) : '';
      if (known !== undefined && !known.includes(name)) {
        fail(key, `${clean(name, 80) || 'A key'} is not a key of ${what}.`, `Its keys are ${known.join(', ')}.`);
      }
      return [name, { line: lineOf(key), node: pair.value as Node | null }] as const;
    });
    return new Map(all);
  }
  function jsonOf(node: Node | null | undefined): Json {
    const value = node === null || node === undefined ? null : (withinStack(() => toJson(node)) as unknown);
    if (!isPlainJson(value))
      fail(
        node,
        'It contains a value that JSON does not support.',
        'Use texts, numbers, true, false, null, lists and keys with values.',
      );
    return value;
  }

  function ruleIn(node: Node): CustomRule {
    const entries = entriesOf(
      node,
      'a rule',
      ruleKeys.map(({ name }) => name),
    );
    const line = lineOf(node);
    for (const { name, isRequired } of ruleKeys) {
      if (isRequired && !entries.has(name))
        throw new YamlTextError(line, `The rule has no ${name}.`, `Add it: ${keyWords(name)}.`);
    }
    const sentence = (name: string, limit: number): string => textAt(entries, name, limit);
    const optional = (name: string): string | undefined => (entries.has(name) ? sentence(name, 2000) : undefined);
    const id = sentence('id', 80);
    if (!/^custom(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/.test(id)) {
      at(
        entries,
        'id',
        `id is ${quoted(id)}, and must be ${customPrefix} and a name of lowercase letters, digits, dots and dashes.`,
      );
    }
    const resource = sentence('resource', 200);
    if (!/^[A-Za-z][\w.-]*(?:\/[A-Za-z][\w.-]*)+$/.test(resource)) {
      at(
        entries,
        'resource',
        `resource is ${quoted(resource)}, and must be an ARM type such as Microsoft.Storage/storageAccounts.`,
      );
    }
    const severity = sentence('severity', 20) as Severity;
    if (!severities.includes(severity)) {
      at(entries, 'severity', `severity is ${quoted(severity)}, and must be one of ${severities.join(', ')}.`);
    }
    const when = entries.get('when');
    return {
      id,
      line,
      resource,
      requirement: sentence('requirement', 80),
      problem: sentence('problem', 80),
      severity,
      why: optional('why') ?? 'A custom rule.',
      fix: optional('fix') ?? 'None: change the resource as the requirement says.',
      impact: optional('impact'),
      sources: sourcesIn(entries),
      when: when === undefined ? undefined : conditionIn(when.node, when.line, 'when'),
      require: conditionIn(entries.get('require')?.node ?? null, entries.get('require')?.line ?? line, 'require'),
      samples: samplesIn(entries),
    };
  }

  function at(entries: Entries, name: string, message: string): never {
    throw new YamlTextError(entries.get(name)?.line ?? 1, message);
  }

  function textAt(entries: Entries, name: string, limit: number): string {
    const value = jsonOf(entries.get(name)?.node);
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '' || text.length > limit) at(entries, name, `${name} must be a text of 1 to ${limit} characters.`);
    return clean(text, limit);
  }

  function sourcesIn(entries: Entries): string[] {
    const value = jsonOf(entries.get('source')?.node);
    const all = Array.isArray(value) ? (value as readonly Json[]) : [value];
    return all.map((one) => {
      const url = typeof one === 'string' && URL.canParse(one) ? new URL(one) : undefined;
      if (url?.protocol !== 'https:' || url.username !== '' || String(one).length > 500) {
        at(entries, 'source', `source is ${quoted(one)}, and must be an https address.`);
      }
      return clean(url.href, 500);
    });
  }

  function samplesIn(entries: Entries): RuleSample[] {
    const list = entries.get('samples')?.node;
    if (!isSeq(list) || list.items.length === 0 || list.items.length > most.samples) {
      at(entries, 'samples', `samples must be a list of 1 to ${most.samples} resources with their outcomes.`);
    }
    return list.items.map((item, index) => {
      const own = entriesOf(item as Node, 'a sample', sampleKeys);
      const line = lineOf(item as Node);
      const outcome = jsonOf(own.get('outcome')?.node) as Outcome;
      if (!outcomes.includes(outcome)) {
        throw new YamlTextError(
          own.get('outcome')?.line ?? line,
          `outcome of a sample must be one of ${outcomes.join(', ')}.`,
        );
      }
      const body = jsonOf(own.get('body')?.node);
      if (!isObject(body)) {
        throw new YamlTextError(
          own.get('body')?.line ?? line,
          'body of a sample must be a resource: keys with values.',
          'Copy it from `az resource show`.',
        );
      }
      return { name: own.has('name') ? textAt(own, 'name', 120) : `sample ${index + 1}`, line, outcome, body };
    });
  }

  function conditionIn(node: Node | null, line: number, what: string, depth = 0): RuleCondition {
    if (depth > most.depth) throw new YamlTextError(line, `Conditions are nested more than ${most.depth} deep.`);
    if (isSeq(node)) return { kind: 'all', parts: partsOf(node, what, depth) };
    if (node === null || !isMap(node))
      throw new YamlTextError(line, `${what} must be a condition, or a list of them.`, forms);
    const entries = entriesOf(node, `${what}`, undefined);
    const group = ['all', 'any', 'not'].find((name) => entries.has(name));
    if (group === undefined) return testIn(node, entries, what);
    const inside = entries.get(group);
    if (entries.size > 1)
      throw new YamlTextError(lineOf(node), `${group} must be the only key of its condition.`, forms);
    if (group === 'not')
      return { kind: 'not', part: conditionIn(inside?.node ?? null, inside?.line ?? line, 'not', depth + 1) };
    if (!isSeq(inside?.node))
      throw new YamlTextError(inside?.line ?? line, `${group} must be a list of conditions.`, forms);
    return { kind: group as 'all' | 'any', parts: partsOf(inside.node, group, depth) };
  }

  function partsOf(node: Node, what: string, depth: number): RuleCondition[] {
    const items = isSeq(node) ? (node.items as Node[]) : [];
    if (items.length === 0 || items.length > most.parts)
      fail(node, `${what} must contain 1 to ${most.parts} conditions.`, forms);
    return items.map((item) => conditionIn(item, lineOf(item), what, depth + 1));
  }

  function testIn(node: Node, entries: Entries, what: string): RuleCondition {
    const known = ['path', 'match', 'default', ...operatorNames];
    entriesOf(node, `the condition of ${what}`, known);
    if (!entries.has('path')) fail(node, 'The condition has no path.', forms);
    const named = [...entries.keys()].filter((name): name is OperatorName => isOperator(name));
    const [operator] = named;
    if (operator === undefined || named.length > 1) {
      fail(
        node,
        `The condition must have one operator, and has ${named.length === 0 ? 'none' : named.join(' and ')}.`,
        `Operators: ${operatorNames.join(', ')}.`,
      );
    }
    const text = textAt(entries, 'path', 500);
    const path = parseValuePath(text);
    if (typeof path === 'string') at(entries, 'path', `path ${quoted(text)} ${path}.`);
    const operand = jsonOf(entries.get(operator)?.node);
    const wrong = operators[operator].wrong(operand);
    if (wrong !== undefined) at(entries, operator, `${operator} ${wrong}.`);
    const match = entries.has('match') ? jsonOf(entries.get('match')?.node) : 'every';
    const quantifier = quantifiers.find((one) => one === match);
    if (quantifier === undefined)
      at(entries, 'match', `match is ${quoted(match)}, and must be one of ${quantifiers.join(', ')}.`);
    if (entries.has('match') && !path.isMany) at(entries, 'match', 'match needs a path with [*].');
    const standard = entries.has('default') ? jsonOf(entries.get('default')?.node) : undefined;
    return {
      kind: 'test',
      path,
      operator,
      operand,
      match: quantifier,
      ...(standard === undefined ? {} : { standard }),
    };
  }
}

const forms = 'Write `path:` with an operator, or `all:`, `any:` or `not:`.';
const quoted = (value: Json): string => clean(JSON.stringify(value), 120);
const keyWords = (name: string): string => (ruleKeys.find((one) => one.name === name)?.says ?? '').replaceAll('`', '');
const isEmpty = (node: Node): boolean => isScalar(node) && node.value === null;

/** Of brackets inside one another, before a parser whose time grows with the square of them sees the text. */
function checkDepth(text: string): void {
  let depth = 0;
  let line = 1;
  for (const sign of text) {
    if (sign === '\n') line += 1;
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth = Math.max(0, depth - 1);
    if (depth > most.brackets) throw new YamlTextError(line, tooDeep);
  }
}

/** A node as data; keys are texts. */
function toJson(node: Node): unknown {
  if (isAlias(node)) return undefined;
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        String(isScalar(key) ? key.value : ''),
        value === null ? null : toJson(value as Node),
      ]),
    );
  }
  if (isSeq(node)) return node.items.map((item) => (item === null ? null : toJson(item as Node)));
  return isScalar(node) ? node.value : undefined;
}
