// Completions of the command line: commands and their words, screens, and whole lines for resources and findings, matched by
// the typed letters.
import { complete, jumps, type KnownWord, type KnownWords } from '../../command/completion.ts';
import type { Command } from '../../command/definition.ts';
import { fuzzy } from '../../command/fuzzy.ts';
import { quoteWord } from '../../command/parse-line.ts';
import { assumptionEntries } from '../../model/assumption-values.ts';
import { type Finding, headline, isFixable, isOpen, type Report } from '../../model/finding.ts';
import { nameOf } from '../../model/resource-id.ts';
import { shortFinding } from '../../model/short-finding.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { memoizeByKey } from '../draw/memoize.ts';
import type { Suggestion } from '../overlays/palette.ts';
import { screens } from '../screens/index.ts';
import type { ScreenController } from './controller.ts';
import { knownPlaces } from './known-places.ts';
import type { State } from './state.ts';

const most = 50;

/** At most 50, the best match first. */
export function suggestionsFor(text: string, verbs: readonly Command[], known: KnownWords): Suggestion[] {
  const { from, candidates } = complete(text, verbs, known);
  const commands = candidates.slice(0, most).map(({ value, label, at, says }) => ({
    line: `${text.slice(0, from)}${value}${value.endsWith('=') ? '' : ' '}`,
    ...{ label, at, hint: clean(says) },
  }));
  // A line with a command is not matched otherwise.
  const verb = text.trim().split(/\s/)[0] ?? '';
  const begun =
    /\s/.test(text.trimStart()) && verbs.some(({ name, aliases }) => name === verb || aliases?.includes(verb));
  if (begun) return commands;
  const named = jumps(text, known, most).map(({ value, label, at, says }) => ({
    line: value,
    label,
    at,
    hint: clean(says),
  }));
  // A line of one word that names a screen opens that screen, so that a command of the same name would be a second row for it.
  const shown = screensFor(text);
  const others = commands.filter(({ label }) => !shown.some((one) => one.label === label));
  return [...shown, ...others, ...named].slice(0, most);
}

/** A command of the same name needs further words. */
const screensFor = (text: string): Suggestion[] =>
  screens.flatMap(({ name, summary }) => {
    const fit = fuzzy(text, name);
    return fit === null ? [] : [{ line: name, label: name, at: fit.at, hint: `screen: ${summary}` }];
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
    intent: assumptionEntries.map(({ name, says }) => ({ value: name, says })),
    verb: context.verbs.map((verb) => ({ value: verb.name, says: verb.summary })),
    ...knownPlaces(state.snapshot),
  };
}

/** Findings with an available action. */
const namedFindings = memoizeByKey(({ findings }: Report): readonly KnownWord[] =>
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
