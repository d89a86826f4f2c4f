// `bastide.yaml` as text: read strictly, with the line of every mistake, and changed without losing comments or line ends. Loaded
// only where there is such a file.

import { type Document, isMap, isScalar, type Node } from 'yaml';
import type * as z from 'zod/mini';
import { readScope, ScopeError, scopeForms } from '../model/access-scope.ts';
import { assumptionEntries, assumptionEntry, checkAssumptions } from '../model/assumption-values.ts';
import type { Severity } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Acceptance, findingPattern, type ProjectConfig } from '../model/project-config.ts';
import { clean } from '../model/text.ts';
import { documentIn } from '../yaml/documents.ts';
import { readYaml, withinStack, YamlTextError } from '../yaml/read-yaml.ts';
import { acceptanceSchema, type ProjectFile, projectSchema, refusedKeys } from './project-schema.ts';

type Path = readonly PropertyKey[];

interface Parsed {
  readonly document: Document.Parsed;
  readonly json: Json;
  lineOf(path: Path): number;
}

function parse(text: string): Parsed {
  const { lineAt, read: document } = readYaml(text, documentIn);
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const above = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
      const name = path[length - 1];
      const pair = isMap(above)
        ? above.items.find(({ key }) => isScalar(key) && String(key.value) === name)
        : undefined;
      const node = (pair?.key ?? document.getIn(path.slice(0, length), true)) as Node | undefined;
      if (node?.range) return lineAt(node.range[0]);
    }
    return lineAt(document.contents?.range?.[0]);
  };
  return { document, json: withinStack(() => document.toJS({ maxAliasCount: 0 })) as Json, lineOf };
}

/** Folders and files of rules that the file names. Throws {@link YamlTextError}. */
export const rulePathsIn = (text: string): readonly string[] => fileIn(text).file.rules ?? [];

function fileIn(text: string) {
  const { json, lineOf } = parse(text);
  const parsed = projectSchema.safeParse(json ?? {});
  if (!parsed.success) throw issueError(parsed.error.issues[0], json, lineOf);
  return { file: parsed.data, lineOf };
}

/** The file's text as a configuration; `rules` are the ids of all rules. Throws {@link YamlTextError}. */
export function readProjectText(text: string, path: string, rules: readonly string[]): ProjectConfig {
  const { file, lineOf } = fileIn(text);
  checkRules(file, rules, lineOf);
  return {
    path,
    accepted: (file.accepted ?? []).map(acceptance),
    rulesOff: file['rules-off'] ?? [],
    severities: (file.severities ?? {}) as Readonly<Record<string, Severity>>,
    assumptions: assumptionsOf((file.assumptions ?? {}) as Json, lineOf),
    ...(file['fail-on'] === undefined ? {} : { failOn: file['fail-on'] }),
    ...(file.scopes === undefined ? {} : { scopes: file.scopes.map((text, at) => scopeOf(text, at, lineOf)) }),
    ...(file.rules === undefined ? {} : { rules: file.rules }),
    production: file.production ?? false,
  };
}

function scopeOf(text: string, at: number, lineOf: (path: Path) => number): string {
  try {
    return readScope(text).text;
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    const [sentence = '', caret = ''] = error.shown.split('\n');
    const near = `${clean(sentence.slice(0, caret.length - 1), 300)} >>> ${clean(sentence.slice(caret.length - 1), 300)}`;
    throw new YamlTextError(
      lineOf(['scopes', at]),
      `${placeOf(['scopes', at])}, character ${error.at + 1}: ${error.message} It reads: ${near}.`,
      `Forms: ${scopeForms.join('; ')}.`,
    );
  }
}

const acceptance = ({ finding, reason, until, by }: z.output<typeof acceptanceSchema>): Acceptance => ({
  finding: findingPattern(finding),
  reason: clean(reason, 1000),
  until: until ?? null,
  by: by === undefined ? null : clean(by, 200),
});

function issueError(issue: z.core.$ZodIssue | undefined, json: Json, lineOf: (path: Path) => number): YamlTextError {
  if (issue === undefined) return new YamlTextError(1, 'It is not valid.');
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    const line = lineOf([...path, name]);
    const refused = refusedKeys.find(([form]) => form.test(name));
    const at = `${placeOf([...path, name])}`;
    if (refused !== undefined) return new YamlTextError(line, `${at} is not allowed.`, refused[1]);
    const names = Object.keys(path[0] === 'accepted' ? acceptanceSchema.shape : projectSchema.shape);
    return new YamlTextError(line, `${at} is not a key of this file.`, `Its keys are ${names.join(', ')}.`);
  }
  const value = path.reduce<Json | undefined>((inside, part) => (inside as JsonObject | null)?.[String(part)], json);
  if (issue.code === 'invalid_key')
    return new YamlTextError(lineOf(path), `${placeOf(path)} ${issue.issues[0]?.message}.`);
  if (value === undefined)
    return new YamlTextError(lineOf(path), `${placeOf(path)} is missing.`, `It ${issue.message}.`);
  const seen = typeof value === 'object' ? '' : `is ${clean(value, 100)}, and `;
  return new YamlTextError(lineOf(path), `${placeOf(path)} ${seen}${issue.message}.`);
}

/** `accepted, item 2, until` */
const placeOf = (path: Path): string =>
  path.length === 0
    ? 'The file'
    : path.map((part) => (typeof part === 'number' ? `item ${part + 1}` : clean(String(part), 100))).join(', ');

function checkRules(file: ProjectFile, rules: readonly string[], lineOf: (path: Path) => number): void {
  const named: (readonly [Path, string])[] = [
    ...(file.accepted ?? []).map(({ finding }, at) => [['accepted', at, 'finding'], finding] as const),
    ...(file['rules-off'] ?? []).map((rule, at) => [['rules-off', at], rule] as const),
    ...Object.keys(file.severities ?? {}).map((rule) => [['severities', rule], rule] as const),
  ];
  for (const [path, text] of named) {
    const [rule = ''] = text.split('@');
    if (rules.some((id) => matchesGlob(rule, id))) continue;
    throw new YamlTextError(
      lineOf(path),
      `${placeOf(path)}: no rule matches ${clean(rule, 100)}.`,
      'Run `bastide explain` for the list of rules.',
    );
  }
}

function assumptionsOf(json: Json, lineOf: (path: Path) => number): ProjectConfig['assumptions'] {
  const { intents, wrong } = checkAssumptions(json);
  const [name] = wrong;
  if (name === undefined) return intents;
  const entry = assumptionEntries.find((one) => one.name === name);
  const near = assumptionEntry(name);
  const value = isObject(json) ? json[name] : undefined;
  throw new YamlTextError(
    lineOf(['assumptions', name]),
    entry === undefined
      ? `assumptions: ${clean(name, 100)} is not an assumption.`
      : `assumptions: ${name} is ${clean(JSON.stringify(value), 100)}, and must be ${entry.kind === 'list' ? 'a list of texts' : `one of ${entry.choices.join(', ')}`}.`,
    entry !== undefined ? '' : near === undefined ? 'Run `bastide assume` for the list.' : `Write ${near.name}.`,
  );
}

/** The text with these acceptances, each in place of an earlier one of the same finding. `text` null: a new file. */
export const withAcceptances = (text: string | null, entries: readonly Acceptance[]): string =>
  changed(text, (document) => {
    removeFrom(document, new Set(entries.map(({ finding }) => finding)));
    for (const { finding, reason, until, by } of entries) {
      const entry = { finding, reason, ...(until === null ? {} : { until }), ...(by === null ? {} : { by }) };
      if (document.get('accepted') == null) document.set('accepted', document.createNode([]));
      document.addIn(['accepted'], document.createNode(entry));
    }
  });

/** The text without the acceptances of these findings, as the file writes them. */
export const withoutAcceptances = (text: string, findings: readonly string[]): string =>
  changed(text, (document) => removeFrom(document, new Set(findings)));

function removeFrom(document: Document, findings: ReadonlySet<string>): void {
  const list = document.toJS()?.accepted as readonly { readonly finding: string }[] | null | undefined;
  for (const [at, { finding }] of [...(list ?? []).entries()].toReversed()) {
    if (findings.has(findingPattern(finding))) document.deleteIn(['accepted', at]);
  }
}

function changed(text: string | null, change: (document: Document) => void): string {
  const { document } = parse(text ?? '');
  if (document.contents === null) document.contents = document.createNode({}) as never;
  change(document as Document);
  const written = document.toString({ lineWidth: 0, ...styleOf(text ?? '') });
  const lines = /\r\n/.test(text ?? '') ? written.replace(/\r?\n/g, '\r\n') : written;
  return text?.startsWith('\uFEFF') ? `\uFEFF${lines}` : lines;
}

/** Indentation as the file has it. */
function styleOf(text: string): { readonly indent: number; readonly indentSeq: boolean } {
  const indents = [...text.matchAll(/^( +)\S/gm)].map(([, spaces = '']) => spaces.length);
  const least = Math.min(...indents.filter((count) => count >= 2), 8);
  return {
    indent: indents.length === 0 ? 2 : least,
    // `key:` and then `- item` at the margin.
    indentSeq: !/^[\w-]+:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*- /m.test(text),
  };
}
