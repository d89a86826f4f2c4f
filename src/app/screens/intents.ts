// Intents: the questions that Azure cannot answer, what was answered, what holds otherwise, and which rules hang on each.
import type { Line, Word } from '../../command/definition.ts';
import { type AssumptionEntry, affectsRule, assumptionEntries, assumptionText } from '../../model/assumption-values.ts';
import type { Finding } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { rowsOf } from '../rows/rows.ts';
import type { Binding } from '../state/binding.ts';
import type { Kit } from '../state/kit.ts';
import { busy } from '../state/reasons.ts';
import type { State } from '../state/state.ts';
import { sliceOf } from '../state/view.ts';
import { defineList, type ListSlice } from './list/index.ts';
import { rowAt } from './list/slice.ts';

interface Row {
  readonly entry: AssumptionEntry;
  /** Undefined while nobody has answered. */
  readonly answer: Json | undefined;
  /** What is inferred, where the report says it. */
  readonly inferred: string | null;
  /** Findings of the rules that hang on it. */
  readonly findings: readonly Finding[];
}

function questions({ snapshot, report }: State): Row[] {
  return assumptionEntries.map((entry) => ({
    entry,
    answer: snapshot?.intents[entry.name] as Json | undefined,
    inferred: entry.name === 'architecture' ? (report?.architecture.answer ?? null) : null,
    findings: (report?.findings ?? []).filter(({ rule }) => affectsRule(entry, rule)),
  }));
}

function valueWord({ entry: { otherwise }, answer, inferred }: Row): Word {
  if (answer !== undefined) return word(clean(assumptionText(answer)), 'ok');
  if (otherwise.how === 'default') return word(assumptionText(otherwise.value));
  return word(inferred ?? 'inferred', inferred === null ? 'dim' : 'text');
}

const sourceWord = ({ entry: { otherwise }, answer }: Row): Word =>
  answer !== undefined ? word('you', 'ok') : word(otherwise.how, 'dim');

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
        ? `While nobody answers, ${assumptionText(otherwise.value)} is taken.`
        : `While nobody answers, it is inferred from ${otherwise.from}.`,
      width,
    ),
    ...(entry.name === 'architecture' ? voteLines(state, width) : []),
    [],
    line(word('What hangs on it', 'heading')),
    ...(decides.includes('*') ? wrapText('Which rules apply at all, and so every finding.', width) : []),
    ...(decides.includes('*') ? [] : byRule.map(([rule, found]) => ruleLine(rule, found))),
  ];
}

/** The architecture is a matter of votes, and here they are. */
function voteLines({ report }: State, width: number): Line[] {
  if (report === null) return [];
  const { answer, by, votes } = report.architecture;
  return [
    ...wrapText(`Now it is ${answer}, by ${by}.`, width),
    ...votes.flatMap(({ resource, vote }) =>
      wrapLine(
        line(`  ${clean(nameOf(resource))}  `, word(vote ?? 'does not vote', vote === null ? 'dim' : 'accent')),
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

const selected = (state: State): Row | undefined => rowAt(sliceOf<ListSlice<Row>>(state, intents));
const nobody = 'take the answer back';

/** Asks for the value. */
async function askValue(kit: Kit): Promise<readonly string[] | null> {
  const row = selected(kit.store.get());
  if (row === undefined) return null;
  const { name, kind, choices, says } = row.entry;
  const given = row.answer === undefined ? '' : Array.isArray(row.answer) ? row.answer.join(',') : String(row.answer);
  const back = row.answer === undefined ? [] : [{ value: '--clear', label: nobody }];
  const { text, choose } = kit.asking.ask;
  const asked =
    kind === 'list'
      ? text({ name, title: `${says}. With commas between them; none is an answer too.`, suggestion: given })
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
    name: 'intent-answer',
    where: ['intents'],
    keys: ['e'],
    label: 'answer',
    help: 'Answer the selected question, or answer it otherwise',
    command: onSelected,
    asks: askValue,
    how: () => ({ quiet: true, shown: () => undefined }),
    line: (state) => `assume ${selected(state)?.entry.name ?? 'NAME'} VALUE`,
    hint: 1,
    off: busy,
  },
  {
    name: 'intent-clear',
    where: ['intents'],
    keys: ['X'],
    label: 'clear',
    help: 'Clear the selected assumption',
    command: (state) => [...(onSelected(state) ?? []), '--clear'],
    how: () => ({ quiet: true, shown: () => undefined }),
    line: (state) => `assume ${selected(state)?.entry.name ?? 'NAME'} --clear`,
    off: (state) => busy(state) ?? (selected(state)?.answer === undefined ? 'It is not answered.' : null),
  },
];

export const intents = defineList<Row>({
  name: 'intents',
  title: 'Intents',
  summary: 'What Azure cannot tell: the questions, your answers, and which rules hang on each',
  key: ({ entry }) => entry.name,
  of: ({ snapshot, report }) => [snapshot, report],
  rows: (state) => rowsOf(questions(state)),
  columns: [
    { title: 'Intent', letter: 'I', width: 'rest', text: ({ entry }) => word(entry.name, 'accent') },
    { title: 'Value', letter: 'V', width: 20, text: valueWord },
    { title: 'By', letter: 'B', width: 9, text: sourceWord },
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
  empty: () => line(word('  There are no questions.', 'dim')),
});
