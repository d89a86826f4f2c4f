// What the guide says of a finding and of the plan that fixes it, short enough for 80 columns and 24 rows. Pure.
import type { RuleEntry } from '../../src/command/definition.ts';
import { countedIn, rollUpWords } from '../../src/model/compare.ts';
import { effectLabels } from '../../src/model/effect.ts';
import { isSaidFirst } from '../../src/model/effect-groups.ts';
import { type Evidence, type Finding, headline, worstUndo } from '../../src/model/finding.ts';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import { managedSentences } from '../../src/model/manager.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent, nameOf } from '../../src/model/resource-id.ts';
import { subjectWords } from '../../src/model/short-finding.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line, plainText } from '../../src/model/words.ts';
import {
  alreadySetText,
  type ChangeLine,
  type DescribedStep,
  describePlan,
  type EffectLine,
  effectLines,
  effectsInShort,
  undoWords,
} from '../../src/plan/index.ts';

import { spokenId } from '../../src/render/change-text.ts';
import { wrapLines } from '../../src/render/wrap-lines.ts';
import type { QueueItem } from './guide-queue.ts';

/** Characters of `az` lines that are shown before `explain`: four rows of them. */
const mostAz = 300;
/** Rows of an item; its heading, the choices and the answer take the others of 24. */
const mostRows = 19;
const columns = 79;

/** How much is said before `explain`. */
interface Detail {
  /** Characters of the reason. */
  readonly because: number;
  readonly evidence: number;
  readonly why: boolean;
  /** Settings of each step; a resource that is created or deleted shows all of them or none. */
  readonly settings: number;
  readonly steps: number;
  readonly effects: number;
  /** In the list of one sentence about effects. */
  readonly names: number;
  readonly notes: number;
  readonly warnings: number;
}
const whole: Detail = {
  ...{ because: 500, evidence: 2, why: true, settings: Number.POSITIVE_INFINITY, steps: Number.POSITIVE_INFINITY },
  ...{
    effects: Number.POSITIVE_INFINITY,
    names: Number.POSITIVE_INFINITY,
    notes: Number.POSITIVE_INFINITY,
    warnings: Number.POSITIVE_INFINITY,
  },
};
/** From much to little: the first that fits is shown. */
const details: readonly Detail[] = [
  whole,
  { ...whole, why: false },
  { ...whole, why: false, settings: 3, evidence: 1, names: 6 },
  { because: 500, evidence: 0, why: false, settings: 3, steps: 3, effects: 4, names: 4, notes: 1, warnings: 3 },
  { because: 320, evidence: 0, why: false, settings: 1, steps: 2, effects: 3, names: 3, notes: 1, warnings: 2 },
  { because: 320, evidence: 0, why: false, settings: 1, steps: 3, effects: 2, names: 2, notes: 0, warnings: 1 },
  { because: 240, evidence: 0, why: false, settings: 1, steps: 1, effects: 2, names: 2, notes: 0, warnings: 2 },
  { because: 240, evidence: 0, why: false, settings: 0, steps: 1, effects: 2, names: 2, notes: 0, warnings: 2 },
];

const rowsOf = (lines: readonly Line[]): number =>
  wrapLines(lines, columns).reduce((sum, one) => sum + Math.max(1, Math.ceil(plainText(one).length / columns)), 0);

export const subjectOf = (finding: Finding): string => clean(subjectWords(finding, nameInParent), 160);

/** What is wrong and why, and what would be sent: as much of it as fits; `explain` shows the rest. */
export function itemLines(item: QueueItem, rules: readonly RuleEntry[], skipped: readonly string[] = []): Line[] {
  const made = details.values().map((detail) => linesOf(item, rules, skipped, detail));
  return made.find((lines) => rowsOf(lines) <= mostRows) ?? linesOf(item, rules, skipped, details.at(-1) ?? whole);
}

function linesOf(item: QueueItem, rules: readonly RuleEntry[], skipped: readonly string[], detail: Detail): Line[] {
  const { findings, before } = item;
  const [first] = findings;
  const many = findings.length > 1;
  const rule = rules.find(({ id }) => id === first.rule);
  return [
    ...(many
      ? few(byRule(findings), Math.max(3, detail.steps), 'rule', (alike) => ruleLine(alike, false))
      : [
          line([clean(headline(first), 160), 'accent'], [`  ${first.rule}`, 'dim']),
          line(clean(first.because, detail.because)),
          ...evidenceLines(first.evidence, detail.evidence),
        ]),
    ...(rule === undefined || many || !detail.why ? [] : [line(['Why   ', 'dim'], clean(rule.explain.why, 500))]),
    ...(before === null ? [] : [line(`Needed before ${spokenId(before.id).replace('  ', ' of ')}`)]),
    ...(item.asked === null
      ? planLines(item.plan, findings, skipped, detail)
      : [[], line([clean(item.asked.sentence, 600), 'accent'])]),
  ];
}

const byRule = (findings: readonly Finding[]): readonly (readonly Finding[])[] => [
  ...Map.groupBy(findings, ({ rule }) => rule).values(),
];

/** `Compute subnet blocked by storage firewall (3)  storage.vnet-rule-compute-subnet` */
function ruleLine(alike: readonly Finding[], isNamed = true): Line[] {
  const [first] = alike;
  if (first === undefined) return [];
  const count = alike.length === 1 ? '' : ` (${alike.length})`;
  const name = isNamed ? `  ${first.rule}` : '';
  return [line([`${clean(headline(first), 160)}${count}`, 'accent'], [name, 'dim'])];
}

/** The lines of the first items, and how many more there are. */
function few<Item>(
  items: readonly Item[],
  most: number,
  noun: string,
  linesFor: (item: Item, index: number) => readonly Line[],
): Line[] {
  const rest = items.length - most;
  const shown = rest > 0 ? items.slice(0, most) : items;
  const more = rest > 0 ? [line([`and ${rest} more ${noun}${rest === 1 ? '' : 's'}; explain lists them`, 'dim'])] : [];
  return [...shown.flatMap(linesFor), ...more];
}

/** Effects, each setting before and after, undo, `az` command; and what must be read before a yes. */
export function planLines(
  plan: Plan,
  findings: readonly Finding[] = [],
  skipped: readonly string[] = [],
  detail: Detail = whole,
): Line[] {
  const described = describePlan(plan);
  const { steps } = described;
  const { introduces } = plan.preview;
  // What starts to fail is said in short names below.
  const warnings = described.warnings.slice(0, described.warnings.length - introduces.length);
  const own = new Set(findings.map(({ id }) => id));
  const { rollUps } = plan.preview;
  const more = countedIn(
    plan.preview.resolves.filter((id) => !own.has(id)),
    rollUps,
  );
  const along = [...new Set(steps.flatMap((_, at) => plan.steps[at]?.findings ?? []))].filter((id) =>
    skipped.includes(id),
  );
  const effects = gravestFirst(effectLines(plan.effects, detail.names));
  const grave = kindsSaidFirst(effects);
  const isWhole = detail === whole;
  const withAz = isWhole && steps.reduce((sum, { az }) => sum + az.length, 0) <= mostAz;
  const count = steps.length === 1 ? '1 change' : `${steps.length} changes, in this order`;
  const warning = (text: string): readonly Line[] => [line(['! ', 'warn'], [text, 'warn'])];
  return [
    [],
    line([`Plan: ${count}`, 'heading']),
    ...(steps.length === 0 ? [] : [line(effectsInShort(plan.effects).numbers)]),
    ...few(effects, Math.max(detail.effects, grave), 'effect', (one) => [effectLine(one)]),
    ...few(managedSentences(plan.steps), detail.warnings, 'manager', (text) => warning(text)),
    ...few(plan.alreadySet ?? [], detail.steps, 'change', (one) => [line(alreadySetText(one))]),
    ...few(steps, detail.steps, 'change', (step, index) =>
      stepLines(step, index, steps.length, withAz, detail.settings),
    ),
    ...notesOf(steps, plan.verb === 'undo' ? 2 : detail.notes).map((note) => line(['Note  ', 'dim'], note)),
    line(['Undo  ', 'dim'], undoWords[worstUndo(steps.map(({ undo }) => undo))]),
    ...(withAz ? [] : [line(['az    ', 'dim'], ['explain shows the Azure CLI commands', 'dim'])]),
    ...few(along, detail.warnings, 'fix', (id) =>
      warning(`Also applies a skipped fix that it depends on: ${spokenId(id)}`),
    ),
    ...few(warnings, detail.warnings, 'warning', warning),
    ...failsLines(plan, detail.warnings),
    ...(more === 0 ? [] : [line(['Also  ', 'dim'], `resolves ${more} more ${more === 1 ? 'finding' : 'findings'}`)]),
  ];
}

/** How many kinds have an effect that is said first. */
const kindsSaidFirst = (lines: readonly EffectLine[]): number =>
  new Set(lines.filter(isSaidFirst).map(({ kind }) => kind)).size;

/** The first of each of these kinds, then the others, so that none is left to the count at the end. */
function gravestFirst(lines: readonly EffectLine[]): EffectLine[] {
  const isLead = (one: EffectLine, at: number): boolean =>
    isSaidFirst(one) && lines.findIndex(({ kind }) => kind === one.kind) === at;
  return [...lines.filter(isLead), ...lines.filter((one, at) => !isLead(one, at))];
}

/** An effect on one line; what is not automatic is marked. */
const effectLine = ({ automatic, kind, text }: EffectLine): Line =>
  line([`${automatic ? ' ' : '!'} ${effectLabels[kind].padEnd(13)}`, automatic ? 'warn' : 'bad'], text);

/** What fails afterwards: every finding by name, or how many where an undo brings them back, which nobody wonders at. */
function failsLines({ verb, preview: { introduces, rollUps } }: Plan, most: number): Line[] {
  if (verb !== 'undo') {
    return few(introduces, most, 'finding', (id) => [
      line(['! ', 'warn'], [`Introduces: ${spokenId(id)}${rollUpWords(id, rollUps)}`, 'warn']),
    ]);
  }
  const count = countedIn(introduces, rollUps);
  return count === 0
    ? []
    : [line(['Also  ', 'dim'], `${count} ${count === 1 ? 'finding fails' : 'findings fail'} again`)];
}

/** Each advice once; an undo's are all of one kind, and few of them say it. */
function notesOf(steps: readonly DescribedStep[], most: number): string[] {
  const notes = [...new Set(steps.flatMap(({ advice }) => (advice === '' ? [] : [clean(advice, 600)])))];
  return notes.length <= most || most === 0
    ? notes.slice(0, most)
    : [...notes.slice(0, most), `and ${notes.length - most} more of this kind`];
}

function stepLines(step: DescribedStep, index: number, count: number, withAz: boolean, most: number): Line[] {
  const number = count === 1 ? '' : `${index + 1}. `;
  const indent = ' '.repeat(number.length);
  const isEdit = step.lines.every(({ sign }) => sign === ' ');
  const settings = isEdit || step.lines.length <= most ? most : 0;
  return [
    line([number, 'dim'], [step.label, 'accent']),
    ...(settings === 0 ? [] : few(step.lines, settings, 'setting', (one) => [changeLine(one, indent)])),
    ...(withAz && step.az !== '' ? [line([`${indent}$ ${clean(step.az, 2000)}`, 'dim'])] : []),
  ];
}

function changeLine({ sign, text }: ChangeLine, indent: string): Line {
  const [, before, after] = /^(.*) \u2192 (.*?)$/s.exec(text) ?? [];
  if (sign !== ' ') return line([`${indent}${sign} ${clean(text, 300)}`, sign === '+' ? 'added' : 'removed']);
  if (before === undefined || after === undefined) return line(`${indent}  ${clean(text, 300)}`);
  return line(`${indent}  ${clean(before, 200)}`, [' → ', 'dim'], [clean(after, 200), 'added']);
}

/** `explain more`: the rule in full, all evidence, every twin, what the audit says afterwards. */
export function explainLines(item: QueueItem, rules: readonly RuleEntry[]): Line[] {
  const { findings, plan } = item;
  const { steps, warnings } = describePlan(plan);
  const said = (name: string, text: string) => line([name.padEnd(11), 'dim'], clean(text, 1500));
  const azLines = steps.flatMap(({ az }) => (az === '' ? [] : [line([`$ ${clean(az, 2000)}`, 'dim'])]));
  const list = (title: string, ids: readonly string[], role: string): Line[] =>
    ids.length === 0
      ? []
      : [
          line([title, 'heading']),
          ...ids.map((id) => line(['  ', 'dim'], [spokenId(id), role], [rollUpWords(id, plan.preview.rollUps), 'dim'])),
        ];
  return [
    ...byRule(findings).flatMap((alike) => {
      const [one] = alike;
      const rule = rules.find(({ id }) => id === one?.rule);
      if (one === undefined) return [];
      return [
        ...ruleLine(alike),
        ...(alike.length === 1 && findings.length === 1
          ? []
          : alike.map((each) => line(['  ', 'dim'], subjectOf(each)))),
        ...(rule === undefined
          ? []
          : [
              said('Why', rule.explain.why),
              said('Fix', rule.explain.fix),
              said('Impact', rule.explain.breaks),
              ...rule.explain.links.map((link) => line([`  ${link}`, 'link'])),
            ]),
      ];
    }),
    ...(findings.every(({ evidence }) => evidence.length === 0) ? [] : [line(['Evidence', 'heading'])]),
    ...findings.flatMap(({ evidence }) => evidenceLines(evidence, 20)),
    ...(steps.length === 0 ? [] : [line(['Changes', 'heading'])]),
    ...steps.flatMap((step, index) => stepLines(step, index, steps.length, false, Number.POSITIVE_INFINITY)),
    ...(steps.length === 0 ? [] : [line(['Effects', 'heading'])]),
    ...effectLines(plan.effects).map(effectLine),
    ...notesOf(steps, steps.length).map((note) => said('Note', note)),
    ...warnings.map((warning) => line(['! ', 'warn'], [warning, 'warn'])),
    ...(azLines.length === 0 ? [] : [line(['Azure CLI', 'heading']), ...azLines]),
    ...plan.gates
      .filter(({ outcome }) => outcome === 'pass')
      .map(({ detail }) => line(['Checked    ', 'dim'], clean(detail, 300))),
    ...list('Resolves', plan.preview.resolves, 'ok'),
    ...list('Introduces', plan.preview.introduces, 'bad'),
  ];
}

/** `default action: Allow`; what the note says already is not said again. */
function evidenceLines(evidence: readonly Evidence[], most: number): Line[] {
  if (most === 0) return [];
  const shown = evidence.slice(0, most);
  const rest = evidence.length - shown.length;
  return [
    ...shown.map(({ resource, note, value }) => {
      const of = [` (${clean(nameOf(resource), 80)})`, 'dim'] as const;
      // A note that is a sentence says what is wrong with the value.
      return note.endsWith('.')
        ? line(['  ', 'dim'], spoken(value), of, [`: ${clean(note, 100)}`, 'dim'])
        : line(['  ', 'dim'], [`${clean(note, 100)}: `, 'dim'], spoken(value), of);
    }),
    ...(rest > 0 && most < 20
      ? [line([`  and ${rest} more: explain shows ${rest === 1 ? 'it' : 'them'}`, 'dim'])]
      : []),
  ];
}

/** A value in few words: names instead of ids, and how many where they are many. */
export function spoken(value: Json): string {
  if (value === null || value === '') return 'none';
  if (Array.isArray(value)) {
    const few = value.slice(0, 3).map(spoken);
    return value.length === 0 ? 'none' : `${few.join(', ')}${value.length > 3 ? ` and ${value.length - 3} more` : ''}`;
  }
  if (typeof value === 'object') {
    const named = ['id', 'value', 'name', 'service'].map((key) => (value as Record<string, Json>)[key]);
    const name = named.find((one) => typeof one === 'string');
    return name === undefined ? clean(stringifyJson(value), 60) : spoken(name);
  }
  const text = typeof value === 'string' ? value : stringifyJson(value);
  return clean(text.startsWith('/subscriptions/') ? nameInParent(text) : text, 80);
}
