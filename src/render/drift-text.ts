// Drift: what changed, by whom, and which findings that opened and closed, as lines of tagged words and as Markdown. Pure.
import { assumptionChangeWords } from '../model/assumption-values.ts';
import type { DriftChange, DriftReport, DriftSetting } from '../model/drift.ts';
import { causeWords, driftNumbers, leftOpenWords, settingAuthorWords } from '../model/drift-words.ts';
import { type Finding, headline } from '../model/finding.ts';
import { nameInParent, nameOf } from '../model/resource-id.ts';
import { subjectWords } from '../model/short-finding.ts';
import { capital, clean, counted, utcMinute } from '../model/text.ts';
import { type Line, line, type Word } from '../model/words.ts';
import { settingChangeWords } from '../plan/describe.ts';
import { closedLine, knowledgeLine, openedLines, settingLine } from './diff-text.ts';
import { limitedMarkdown, markdownText } from './markdown-limit.ts';

const mostSettings = 20;

/** A line for each way in which settings of one change came about: mostly one. */
function authorGroups({
  settings,
}: DriftChange): { readonly says: string; readonly settings: readonly DriftSetting[] }[] {
  return [...Map.groupBy(settings, settingAuthorWords)].map(([says, own]) => ({ says, settings: own }));
}

export function driftLines(drift: DriftReport): Line[] {
  const { workspace, since, changes, notes, opened, closed } = drift;
  const name = workspace === null ? 'files without a workspace' : clean(nameOf(workspace), 120);
  const byId = new Map<string, Finding>([...closed, ...opened].map((one) => [one.id, one]));
  const closedById = new Map(closed.map((one) => [one.id, one]));
  const caused = new Set(changes.flatMap(({ opened: own = [], closed: gone = [] }) => [...own, ...gone]));
  const cause = causeWords(drift);
  const others = {
    opened: opened.filter(({ id }) => !caused.has(id)),
    closed: closed.filter(({ id }) => !caused.has(id)),
  };
  const when = since.at !== null && since.name !== utcMinute(since.at) ? ` (${utcMinute(since.at)})` : '';
  return [
    line([`${name}: `, 'heading'], driftNumbers(drift)),
    line([`since ${clean(since.name, 300)}${when}`, 'dim']),
    ...notes.map((note) => line([clean(note, 600), 'warn'])),
    ...changes.flatMap((change) => [
      [],
      ...changeLines(change),
      ...(change.opened ?? []).flatMap((id) => findingLine({ text: '  opened  ', role: 'bad' }, byId.get(id))),
      ...(change.closed ?? []).flatMap((id) => findingLine({ text: '  closed  ', role: 'ok' }, closedById.get(id))),
      ...(change.notRestorable === null
        ? []
        : [line([`  Not restored by \`bastide restore\`: ${clean(change.notRestorable, 300)}`, 'dim'])]),
    ]),
    ...section(`Opened ${cause}`, others.opened.flatMap(openedLines)),
    ...section(`Closed ${cause}`, others.closed.map(closedLine)),
    ...section('Now unknown', (drift.unknown ?? []).flatMap(openedLines)),
    ...section('Not known before', (drift.notKnownBefore ?? []).map(knowledgeLine)),
    ...section(
      'Assumptions',
      assumptionChangeWords(drift.assumptions).map((words) => line(['~ ', 'accent'], words)),
    ),
    ...section('Not compared', leftOpenLines(drift)),
  ];
}

const leftOpenLines = (drift: DriftReport): Line[] =>
  leftOpenWords(drift).map((words) => line(['? ', 'unknown'], words));

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [[], line([title, 'heading']), ...lines];

/** Its settings, each followed by who changed it. */
export function changeLines(change: DriftChange): Line[] {
  return authorGroups(change).flatMap(({ says, settings }) => [
    ...settings.slice(0, mostSettings).map(settingLine),
    ...(settings.length > mostSettings
      ? [line([`  and ${counted(settings.length - mostSettings, 'more setting')}`, 'dim'])]
      : []),
    line([`  ${says}`, settings[0]?.unknown === null ? 'accent' : 'unknown']),
  ]);
}

const findingLine = (mark: Word, finding: Finding | undefined): Line[] =>
  finding === undefined
    ? []
    : [
        [
          mark,
          ...line(
            [finding.severity.padEnd(9), finding.severity],
            `${clean(subjectWords(finding, nameInParent), 200)}: ${headline(finding)}`,
            [`  ${finding.rule}`, 'dim'],
          ),
        ],
      ];

export function driftMarkdown(drift: DriftReport): string {
  const { workspace, since, changes, notes, opened, closed } = drift;
  const name = workspace === null ? 'files without a workspace' : nameOf(workspace);
  const byId = new Map<string, Finding>([...closed, ...opened].map((one) => [one.id, one]));
  const row = (...cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  const findings = (ids: readonly string[]) =>
    ids
      .map((id) => byId.get(id))
      .flatMap((one) => (one === undefined ? [] : [`${one.rule} on ${subjectWords(one, nameInParent)}`]));
  const rows = changes.flatMap((change) =>
    change.settings.map((setting) =>
      row(
        nameInParent(setting.resource),
        settingChangeWords(setting),
        settingAuthorWords(setting),
        change.opened === undefined ? 'not computed' : findings(change.opened).join('; '),
        change.closed === undefined ? 'not computed' : findings(change.closed).join('; '),
      ),
    ),
  );
  const list = (title: string, all: readonly Finding[]) =>
    all.length === 0
      ? []
      : [
          {
            head: `## ${title}\n\n| severity | resource | finding | rule |\n| --- | --- | --- | --- |\n`,
            rows: all.map((one) => row(one.severity, subjectWords(one, nameInParent), headline(one), one.rule)),
            tail: '\n',
            noun: 'findings',
          },
        ];
  return limitedMarkdown([
    {
      head: `# Drift of ${markdownText(clean(name, 120))}\n\n${markdownText(capital(driftNumbers(drift)))} since ${markdownText(clean(since.name, 300))}.\n\n${notes.map((note) => `${markdownText(clean(note, 600))}\n\n`).join('')}`,
    },
    ...(rows.length === 0
      ? []
      : [
          {
            head: '## Changes\n\n| resource | setting | author | opened | closed |\n| --- | --- | --- | --- | --- |\n',
            ...{ rows, tail: '\n', noun: 'changed settings' },
          },
        ]),
    ...list('Opened', opened),
    ...list('Closed', closed),
    ...list('Now unknown', drift.unknown ?? []),
    ...list('Not known before', drift.notKnownBefore ?? []),
    ...sentencesPart('Assumptions', 'assumptions', assumptionChangeWords(drift.assumptions)),
    ...sentencesPart('Not compared', 'that are not compared', leftOpenWords(drift)),
  ]);
}

const sentencesPart = (title: string, noun: string, sentences: readonly string[]) =>
  sentences.length === 0
    ? []
    : [
        {
          head: `## ${title}\n\n`,
          rows: sentences.map((one) => `- ${markdownText(one)}`),
          tail: '\n',
          noun,
        },
      ];
