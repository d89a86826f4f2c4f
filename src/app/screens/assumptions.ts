// Assumptions: what Azure cannot tell. Each has a value, where the value comes from, and the rules it affects.

import type { Line, Word } from '../../command/definition.ts';
import { ownAddresses } from '../../command/own-address.ts';
import { architectureWords } from '../../model/architecture-words.ts';
import { type AssumptionEntry, affectsRule, assumptionEntries, assumptionText } from '../../model/assumption-values.ts';
import type { Finding, Report } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { isClientAddress } from '../../resource-types/index.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { rowsOf } from '../rows/rows.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { busy } from '../state/reasons.ts';
import type { State } from '../state/state.ts';
import { sliceOf } from '../state/view.ts';
import { defineList, type ListSlice } from './list/index.ts';
import { rowAt } from './list/slice.ts';

interface Row {
  readonly entry: AssumptionEntry;
  /** Undefined while none is declared. */
  readonly declared: Json | undefined;
  /** The inferred value, where the report has one, and where it comes from. */
  readonly inferred: { readonly value: string; readonly how: string } | null;
  /** Findings of the rules that it affects. */
  readonly findings: readonly Finding[];
}

function assumptionRows({ snapshot, report }: State): Row[] {
  return assumptionEntries.map((entry) => ({
    entry,
    declared: snapshot?.intents[entry.name] as Json | undefined,
    inferred: entry.name === 'architecture' && report ? inferredOf(report) : null,
    findings: (report?.findings ?? []).filter(({ rule }) => affectsRule(entry, rule)),
  }));
}

const inferredOf = ({ architecture }: Report): Row['inferred'] => ({
  value: architecture.answer,
  how: architecture.by === 'default' ? 'default' : 'inferred',
});

function valueWord({ entry: { otherwise }, declared, inferred }: Row): Word {
  if (declared !== undefined) return word(clean(assumptionText(declared)), 'ok');
  if (otherwise.how === 'default') return word(assumptionText(otherwise.value));
  return word(inferred?.value ?? 'auto', inferred === null ? 'dim' : 'text');
}

const sourceWord = ({ entry: { otherwise }, declared, inferred }: Row): Word =>
  declared !== undefined ? word('declared', 'ok') : word(inferred?.how ?? otherwise.how, 'dim');

const ruleCount = ({ findings }: Row): number => new Set(findings.map(({ rule }) => rule)).size;

function detail(row: Row, state: State, width: number): Line[] {
  const { entry, findings } = row;
  const { otherwise, decides } = entry;
  const byRule = [...Map.groupBy(findings, ({ rule }) => rule)];
  return [
    ...wrapText(`${entry.says}?`, width, 'heading'),
    ...wrapLine(line(word(entry.name, 'accent'), word('  ', 'dim'), valueWord(row)), width),
    [],
    ...wrapText(
      otherwise.how === 'default'
        ? `Default: ${assumptionText(otherwise.value)}.`
        : `If not declared, it is inferred from ${otherwise.from}.`,
      width,
    ),
    ...(entry.name === 'architecture' ? voteLines(state, width) : []),
    [],
    line(word('Affects', 'heading')),
    ...(decides.includes('*') ? wrapText('Which rules apply, and so every finding', width) : []),
    ...(decides.includes('*') ? [] : byRule.map(([rule, found]) => ruleLine(rule, found))),
  ];
}

/** The architecture with the resources it was inferred from. */
function voteLines({ report }: State, width: number): Line[] {
  if (report === null) return [];
  const { votes } = report.architecture;
  return [
    ...wrapText(`Now: ${architectureWords(report.architecture)}`, width),
    ...votes.flatMap(({ resource, vote }) =>
      wrapLine(
        line(`  ${clean(nameOf(resource))}  `, word(vote ?? 'not decisive', vote === null ? 'dim' : 'accent')),
        width,
      ),
    ),
  ];
}

function ruleLine(rule: string, found: readonly Finding[]): Line {
  const failing = found.filter(({ outcome }) => outcome === 'fail').length;
  const open = found.some(({ outcome }) => outcome === 'unknown');
  const silent = found.every(({ outcome }) => outcome === 'notApplicable');
  const state =
    failing > 0
      ? word(`${failing} failing`, 'bad')
      : open
        ? word('unknown', 'unknown')
        : word(silent ? 'does not apply' : 'passes', silent ? 'dim' : 'ok');
  return line(`  ${rule}  `, state);
}

const selected = (state: State): Row | undefined => rowAt(sliceOf<ListSlice<Row>>(state, assumptions));

async function askValue(effects: EffectContext): Promise<readonly string[] | null> {
  const row = selected(effects.store.get());
  if (row === undefined) return null;
  const { name, kind, choices, says } = row.entry;
  const [own] =
    name === 'devClientIps' && row.declared === undefined
      ? await ownAddresses(effects.options.context, [], isClientAddress)
      : [];
  const given =
    row.declared === undefined
      ? (own?.address ?? '')
      : Array.isArray(row.declared)
        ? row.declared.join(',')
        : String(row.declared);
  const back = row.declared === undefined ? [] : [{ value: '--clear', label: 'clear the value' }];
  const { text, choose } = effects.asking.ask;
  const asked =
    kind === 'list'
      ? text({ name, title: `${says}? Separate values with commas.`, suggestion: given })
      : choose({ name, title: `${says}?`, choices: [...choices.map((one) => ({ value: one, label: one })), ...back] });
  const value = await asked.catch(() => '');
  return value === '' ? null : [value];
}

const onSelected = (state: State): readonly string[] | null => {
  const row = selected(state);
  return row === undefined ? null : ['assume', row.entry.name];
};

const bindings: readonly Binding[] = [
  {
    name: 'assumption-declare',
    where: ['assumptions'],
    keys: ['e'],
    label: 'edit',
    help: 'Declare or change the selected assumption',
    command: onSelected,
    asks: askValue,
    how: () => ({ quiet: true, shown: () => undefined }),
    line: (state) => `assume ${selected(state)?.entry.name ?? 'NAME'} VALUE`,
    hint: 1,
    disabledReason: busy,
  },
  {
    name: 'assumption-clear',
    where: ['assumptions'],
    keys: ['X'],
    label: 'clear',
    help: 'Clear the declared value of the selected assumption',
    command: (state) => [...(onSelected(state) ?? []), '--clear'],
    how: () => ({ quiet: true, shown: () => undefined }),
    line: (state) => `assume ${selected(state)?.entry.name ?? 'NAME'} --clear`,
    disabledReason: (state) =>
      busy(state) ?? (selected(state)?.declared === undefined ? 'No value is declared.' : null),
  },
];

export const assumptions = defineList<Row>({
  name: 'assumptions',
  title: 'Assumptions',
  summary: 'What Azure cannot tell: the values, where they come from, and the rules they affect',
  key: ({ entry }) => entry.name,
  of: ({ snapshot, report }) => [snapshot, report],
  rows: (state) => rowsOf(assumptionRows(state)),
  columns: [
    { title: 'Assumption', letter: 'I', width: 'rest', text: ({ entry }) => word(entry.name, 'accent') },
    { title: 'Value', letter: 'V', width: 20, text: valueWord },
    { title: 'From', letter: 'M', width: 9, text: sourceWord },
    {
      title: 'Rules',
      letter: 'R',
      width: 7,
      from: 60,
      text: (row) => word(String(ruleCount(row)), 'dim'),
      rank: ruleCount,
    },
  ],
  details: [{ title: 'Detail', lines: detail }],
  detailOf: (_row, { snapshot, report }) => [snapshot, report],
  bindings,
  empty: () => line(word('  No assumptions', 'dim')),
});
