// What the guide says of a finding and of the plan that fixes it, short enough for 80 columns and 24 rows. Pure.
import type { RuleEntry } from '../../src/command/definition.ts';
import { type Evidence, type Finding, headline } from '../../src/model/finding.ts';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent, nameOf } from '../../src/model/resource-id.ts';
import { subjectWords } from '../../src/model/short-finding.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import {
  type ChangeLine,
  type DescribedStep,
  describePlan,
  effectLines,
  undoWords,
  worstUndo,
} from '../../src/plan/index.ts';

import { spokenId } from '../../src/render/change-text.ts';
import type { QueueItem } from './guide-queue.ts';

/** Rows of evidence before `explain`. */
const mostEvidence = 2;
/** Characters of `az` lines that are shown before `explain`: four rows of them. */
const mostAz = 300;

export const subjectOf = (finding: Finding): string => clean(subjectWords(finding, nameInParent), 160);

/** What is wrong and why, and what would be sent. */
export function itemLines(item: QueueItem, rule: RuleEntry | undefined, skipped: readonly string[] = []): Line[] {
  const { findings, before } = item;
  const [first] = findings;
  return [
    line([clean(headline(first), 160), 'accent'], [`  ${first.rule}`, 'dim']),
    ...(findings.length > 1 ? findings.map((finding) => line(`  ${subjectOf(finding)}`)) : []),
    ...(findings.length > 1 ? [] : [line(clean(first.because, 500)), ...evidenceLines(first.evidence, mostEvidence)]),
    ...(rule === undefined || findings.length > 1 ? [] : [line(['Why   ', 'dim'], clean(rule.explain.why, 500))]),
    ...(before === null ? [] : [line(`Needed before ${spokenId(before.id).replace('  ', ' of ')}`)]),
    ...(item.asked === null
      ? planLines(item.plan, findings, skipped)
      : [[], line([clean(item.asked.sentence, 600), 'accent'])]),
  ];
}

/** Each setting before and after, risk, undo, `az` command; and what must be read before a yes. */
export function planLines(plan: Plan, findings: readonly Finding[] = [], skipped: readonly string[] = []): Line[] {
  const described = describePlan(plan);
  const { steps } = described;
  const { introduces } = plan.preview;
  // What starts to fail is said in short names below.
  const warnings = described.warnings.slice(0, described.warnings.length - introduces.length);
  const own = new Set(findings.map(({ id }) => id));
  const more = plan.preview.resolves.filter((id) => !own.has(id)).length;
  const along = [...new Set(steps.flatMap((_, at) => plan.steps[at]?.findings ?? []))].filter((id) =>
    skipped.includes(id),
  );
  const withAz = steps.reduce((sum, { az }) => sum + az.length, 0) <= mostAz;
  const count = steps.length === 1 ? '1 change' : `${steps.length} changes, in this order`;
  return [
    [],
    line([`Plan: ${count}`, 'heading']),
    ...effectLines(plan.effects).map(({ kind, label, text }) =>
      line([label.padEnd(11), kind === 'allows' ? 'dim' : 'warn'], text),
    ),
    ...steps.flatMap((step, index) => stepLines(step, index, steps.length, withAz)),
    ...risksOf(steps, plan.verb === 'undo' ? 2 : steps.length).map((risk) => line(['Risk  ', 'dim'], risk)),
    line(['Undo  ', 'dim'], undoWords[worstUndo(steps.map(({ undo }) => undo))]),
    ...(withAz ? [] : [line(['az    ', 'dim'], ['explain shows the Azure CLI commands', 'dim'])]),
    ...(along.length === 0
      ? []
      : [
          line(
            ['! ', 'warn'],
            [`Also applies skipped fixes that it depends on: ${along.map(spokenId).join(', ')}`, 'warn'],
          ),
        ]),
    ...warnings.map((warning) => line(['! ', 'warn'], [warning, 'warn'])),
    ...failsLines(plan),
    ...(more === 0 ? [] : [line(['Also  ', 'dim'], `resolves ${more} more ${more === 1 ? 'finding' : 'findings'}`)]),
  ];
}

/** What fails afterwards: every finding by name, or how many where an undo brings them back, which nobody wonders at. */
function failsLines({ verb, preview: { introduces } }: Plan): Line[] {
  if (verb !== 'undo') return introduces.map((id) => line(['! ', 'warn'], [`Introduces: ${spokenId(id)}`, 'warn']));
  const count = introduces.length;
  return count === 0
    ? []
    : [line(['Also  ', 'dim'], `${count} ${count === 1 ? 'finding fails' : 'findings fail'} again`)];
}

/** Each risk once; an undo's are all of one kind, and few of them say it. */
function risksOf(steps: readonly DescribedStep[], most: number): string[] {
  const risks = [...new Set(steps.map(({ risk }) => clean(risk, 600)))];
  return risks.length <= most ? risks : [...risks.slice(0, most), `and ${risks.length - most} more of this kind`];
}

function stepLines(step: DescribedStep, index: number, count: number, withAz: boolean): Line[] {
  const number = count === 1 ? '' : `${index + 1}. `;
  const indent = ' '.repeat(number.length);
  return [
    line([number, 'dim'], [step.label, 'accent']),
    ...step.lines.map((one) => changeLine(one, indent)),
    ...(withAz && step.az !== '' ? [line([`${indent}$ ${clean(step.az, 2000)}`, 'dim'])] : []),
  ];
}

function changeLine({ sign, text }: ChangeLine, indent: string): Line {
  const [, before, after] = /^(.*) → (.*?)$/s.exec(text) ?? [];
  if (sign !== ' ') return line([`${indent}${sign} ${clean(text, 300)}`, sign === '+' ? 'added' : 'removed']);
  if (before === undefined || after === undefined) return line(`${indent}  ${clean(text, 300)}`);
  return line(`${indent}  ${clean(before, 200)}`, [' → ', 'dim'], [clean(after, 200), 'added']);
}

/** `explain more`: the rule in full, all evidence, every twin, what the audit says afterwards. */
export function explainLines(item: QueueItem, rule: RuleEntry | undefined): Line[] {
  const { findings, plan } = item;
  const [first] = findings;
  const { steps } = describePlan(plan);
  const said = (name: string, text: string) => line([name.padEnd(11), 'dim'], clean(text, 1500));
  const azLines = steps.flatMap(({ az }) => (az === '' ? [] : [line([`$ ${clean(az, 2000)}`, 'dim'])]));
  const list = (title: string, ids: readonly string[], role: string): Line[] =>
    ids.length === 0 ? [] : [line([title, 'heading']), ...ids.map((id) => line(['  ', 'dim'], [spokenId(id), role]))];
  return [
    line([first.rule, 'accent'], [`  ${first.profiles.join(', ')}`, 'dim']),
    ...(rule === undefined
      ? []
      : [
          said('Why', rule.explain.why),
          said('Fix', rule.explain.fix),
          said('Impact', rule.explain.breaks),
          ...rule.explain.links.map((link) => line([`  ${link}`, 'link'])),
        ]),
    ...(first.evidence.length === 0 ? [] : [line(['Evidence', 'heading'])]),
    ...findings.flatMap(({ evidence }) => evidenceLines(evidence, 20)),
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
