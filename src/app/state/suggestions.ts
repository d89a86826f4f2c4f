// Completions of the command line: commands and their words, screens, and whole lines for resources and findings, matched by
// the typed letters.

import { complete, jumps, type KnownWord, type KnownWords } from '../../command/completion.ts';
import type { Command } from '../../command/definition.ts';
import type { Candidates } from '../../command/flag.ts';
import { fuzzy } from '../../command/fuzzy.ts';
import { quoteWord } from '../../command/parse-line.ts';
import { assumptionEntries } from '../../model/assumption-values.ts';
import { memoizePerObject } from '../../model/caches.ts';
import { type Finding, headline, isFixable, isOpen, type Report } from '../../model/finding.ts';
import { type Problem, problemLabels, problemTakes } from '../../model/problem.ts';
import { nameOf } from '../../model/resource-id.ts';
import { settingEntries } from '../../model/setting.ts';
import { shortFinding } from '../../model/short-finding.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { screens } from '../screens/index.ts';
import type { Suggestion } from './actions.ts';
import type { Binding } from './binding.ts';
import type { ScreenController } from './effect-context.ts';
import type { JumpTarget } from './jump-target.ts';
import { knownPlaces } from './known-places.ts';
import type { State } from './state.ts';

const most = 50;

/** The command that a line begins with, where words follow it. */
function commandOf(text: string, verbs: readonly Command[]): Command | undefined {
  const [verb = ''] = text.trim().split(/\s/);
  return /\s/.test(text.trimStart())
    ? verbs.find(({ name, aliases }) => name === verb || aliases?.includes(verb))
    : undefined;
}

/** At most 50: what begins with the text, then what its letters fit; of both screens, commands, then what has a name. */
export function suggestionsFor(
  text: string,
  verbs: readonly Command[],
  known: KnownWords,
  bindings: readonly Binding[] = [],
): Suggestion[] {
  const { from, candidates } = complete(text, verbs, known);
  // A line with a command is not matched otherwise.
  const isBegun = commandOf(text, verbs) !== undefined;
  const words = candidates.slice(0, most).map(({ value, label, at, says }): Suggestion => {
    const line = `${text.slice(0, from)}${value}${value.endsWith('=') ? '' : ' '}`;
    if (isBegun) return { line, label, at, hint: clean(says), isBegun: true };
    const sends = verbs.find(({ name }) => name === label)?.effect === 'cloud';
    return { line, label, at, hint: `command: ${clean(says)}`, ...(sends ? { isBegun: true } : {}) };
  });
  if (isBegun) return words;
  const named = jumps(text, known, 4 * most).map(({ value, label, at, says, kind, id }): Suggestion => {
    const target = targetOf(kind, id);
    const more = {
      ...(target === undefined ? {} : { target }),
      ...(kind === 'setting' ? ({ isBegun: true } as const) : {}),
    };
    return { line: value, label, at, hint: `${kinds[kind] ?? kind}: ${clean(says)}`, ...more };
  });
  // What has one name is one row: of a screen and a command Enter opens the screen.
  const shown = [...screensFor(text), ...actionsFor(text, bindings)];
  const others = words.filter(({ label }) => !shown.some((one) => one.label === label));
  const rest = named.filter(({ label }) => ![...shown, ...others].some((one) => one.label === label));
  const all = [shown, others, rest];
  const typed = text.trim().toLowerCase();
  const begins = ({ label }: Suggestion): boolean => label.toLowerCase().startsWith(typed);
  const kindOf = ({ hint }: Suggestion): number => order.indexOf(hint.slice(0, hint.indexOf(':')));
  return [
    ...all.flatMap((some) => some.filter(begins)).sort((a, b) => kindOf(a) - kindOf(b)),
    ...all.flatMap((some) => some.filter((one) => !begins(one))),
  ].slice(0, most);
}

/** Among matches that begin alike. */
const order = ['screen', 'command', 'resource', 'problem', 'finding', 'rule', 'setting', 'theme', 'change'];
const kinds: Readonly<Partial<Record<Candidates, string>>> = { entry: 'change' };

function targetOf(kind: Candidates, id: string): JumpTarget | undefined {
  if (kind === 'problem' || kind === 'finding' || kind === 'resource' || kind === 'entry') return { to: kind, id };
  return undefined;
}

/**
 * The match that Enter takes; -1 for the line as typed: where it is empty or complete, or where its last word is. A line
 * with a command takes a match only where a word is being typed that is none of the known ones.
 */
export function choiceFor(text: string, suggestions: readonly Suggestion[], verbs: readonly Command[]): number {
  if (suggestions.length === 0 || text.trim() === '') return -1;
  if (commandOf(text, verbs) === undefined) {
    const isCommand = verbs.some(({ name, aliases }) => name === text.trim() || aliases?.includes(text.trim()));
    return isCommand && suggestions[0]?.target === undefined ? -1 : 0;
  }
  const last = text.split(/\s/).at(-1) ?? '';
  const isWhole = suggestions.some(({ line, label }) => line.trimEnd() === text.trimEnd() || label === last);
  return last === '' || isWhole ? -1 : 0;
}

/** What only the screen does. */
const actionsFor = (text: string, bindings: readonly Binding[]): Suggestion[] =>
  bindings.flatMap(({ word, help }): Suggestion[] => {
    const fit = word === undefined ? null : fuzzy(text, word);
    return fit === null || word === undefined
      ? []
      : [{ line: `${word} `, label: word, at: fit.at, hint: `command: ${help}` }];
  });

/** A command of the same name needs further words. */
const screensFor = (text: string): Suggestion[] =>
  screens.flatMap(({ name, summary }): Suggestion[] => {
    const fit = fuzzy(text, name);
    if (fit === null) return [];
    return [{ line: name, label: name, at: fit.at, hint: `screen: ${summary}`, target: { to: 'screen', name } }];
  });

export type KnownOf = (state: State, controller: ScreenController) => KnownWords;

/** The candidates of a line. Computed again only after another scan. */
export function createKnown(): KnownOf {
  let of: readonly unknown[] = [];
  let words: KnownWords = {};
  return (state, controller) => {
    const now = [state.snapshot, state.report, state.entries];
    if (of.length === 0 || now.some((one, at) => one !== of[at])) [of, words] = [now, knownWords(state, controller)];
    return words;
  };
}

function knownWords(state: State, controller: ScreenController): KnownWords {
  const { context } = controller.options;
  return {
    problem: (state.report?.problems ?? []).map((problem) => ({
      ...{ value: problem.id, label: clean(problem.headline), says: problemSays(problem) },
      line: problemLine(problem),
      isSentence: true as const,
    })),
    finding: state.report === null ? [] : namedFindings(state.report),
    rule: context.rules.map(({ id, title }) => ({ value: id, says: title, line: `explain ${quoteWord(id)}` })),
    resource: (state.snapshot?.resources ?? []).map(({ id, type }) => ({
      ...{ value: id, label: clean(nameOf(id)), says: resourceTypeOf(type).label },
      line: `show ${quoteWord(id)}`,
    })),
    entry: state.entries.map(({ id, verb, line }) => ({
      ...{ value: id, says: `${verb}: ${line}`, line: `history ${quoteWord(id)}` },
    })),
    theme: context.themes
      .filter((theme) => theme.wrong === undefined)
      .map(({ name, title }) => ({ value: name, says: title, line: `theme ${quoteWord(name)}` })),
    setting: settingEntries.map(({ name, says }) => ({ value: name, says, line: `config set ${name} ` })),
    intent: assumptionEntries.map(({ name, says }) => ({ value: name, says })),
    verb: context.verbs.map((verb) => ({ value: verb.name, says: verb.summary })),
    ...knownPlaces(state.snapshot),
  };
}

const problemSays = (problem: Problem): string => `${problem.severity}, ${problemLabels[problemTakes(problem)]}`;

/** The line that stands for a problem: it fixes what can be fixed, and explains the gravest finding otherwise. */
function problemLine({ kind, findings }: Problem): string {
  const isRequested = kind === 'fix' || kind === 'input';
  const words = isRequested ? ['fix', ...findings] : ['explain', ...findings.slice(0, 1)];
  return words.map(quoteWord).join(' ');
}

/** Findings with an available action. */
const namedFindings = memoizePerObject(({ findings }: Report): readonly KnownWord[] =>
  findings.filter(isOpen).map((finding) => new KnownFinding(finding)),
);

/** Its texts are computed on request and cached: few of many findings are offered. */
class KnownFinding implements KnownWord {
  readonly #finding: Finding;
  #label: string | undefined;
  #line: string | undefined;
  constructor(finding: Finding) {
    this.#finding = finding;
  }
  get value(): string {
    return this.#finding.id;
  }
  get says(): string {
    return headline(this.#finding);
  }
  get label(): string {
    this.#label ??= shortFinding(this.value);
    return this.#label;
  }
  /** A line with only a finding's name fixes it where it is fixable, and explains it otherwise. */
  get line(): string {
    this.#line ??= `${isFixable(this.#finding) ? 'fix' : 'explain'} ${quoteWord(this.value)}`;
    return this.#line;
  }
}
