// What differs between two audits, as lines of tagged words and as Markdown. Pure.
import { assumptionChangeWords } from '../model/assumption-values.ts';
import type {
  AuditDiff,
  ChangedFinding,
  ClosedFinding,
  DiffSide,
  KnowledgeChange,
  OpenedFinding,
} from '../model/audit-diff.ts';
import { notReadWords, settingValueWords } from '../model/drift-words.ts';
import { type Finding, headline, locationWords } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { nameInParent, nameOf } from '../model/resource-id.ts';
import { subjectWords } from '../model/short-finding.ts';
import type { NotRead, SettingChange } from '../model/snapshot-changes.ts';
import { clean, counted, utcMinute } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { settingChangeWords } from '../plan/describe.ts';
import { limitedMarkdown, type MarkdownPart, markdownText } from './markdown-limit.ts';

/** So many settings are listed in text; JSON has all. */
const mostSettings = 200;

/** `2 opened, 5 closed, 1 changed, 40 unchanged; 4 settings changed` */
function diffNumbers({ summary, settings }: AuditDiff): string {
  const { opened, closed, changed, unchanged, knowledge = 0, notJudged = 0, notChecked = 0 } = summary;
  const learned = knowledge === 0 ? '' : `, ${knowledge} became known or unknown`;
  const unread = `${learned}${notJudged === 0 ? '' : `, ${notJudged} could not be checked`}`;
  const open = notChecked === 0 ? unread : `${unread}, ${notChecked} not checked any more`;
  const told = settings === null ? '' : `; ${counted(settings.length, 'setting')} changed`;
  return `${opened} opened, ${closed} closed, ${changed} changed${open}, ${unchanged} unchanged${told}`;
}

const sideWords = ({ name, takenAt }: DiffSide): string =>
  `${clean(name, 300)}${takenAt === null ? '' : ` (${utcMinute(takenAt)})`}`;

const titleOf = (diff: AuditDiff): string => {
  const workspace = diff.new.workspace ?? diff.old.workspace;
  return workspace === null ? 'files without a workspace' : clean(nameOf(workspace), 120);
};

export function diffLines(diff: AuditDiff): Line[] {
  const { opened, closed, changed, settings } = diff;
  const hidden = (settings?.length ?? 0) - mostSettings;
  return [
    line([`${titleOf(diff)}: `, 'heading'], diffNumbers(diff)),
    line([`from ${sideWords(diff.old)} to ${sideWords(diff.new)}`, 'dim']),
    ...section('Opened', opened.flatMap(openedLines)),
    ...section('Closed', closed.map(closedLine)),
    ...section('Changed', changed.flatMap(changedLines)),
    ...section('Became known or unknown', (diff.knowledge ?? []).map(knowledgeLine)),
    ...section(
      'Assumptions',
      assumptionChangeWords(diff.assumptions).map((words) => line(['~ ', 'accent'], words)),
    ),
    ...section('Not checked in the newer audit', (diff.notChecked ?? []).map(notCheckedLine)),
    ...section('Settings', [
      ...(settings ?? []).slice(0, mostSettings).map(settingLine),
      ...(hidden > 0 ? [line([`and ${counted(hidden, 'more setting')}`, 'dim'])] : []),
    ]),
    ...section('Not compared', notReadLines(diff.notRead)),
    ...(settings === null ? [[], line([settingsUnknown, 'dim'])] : []),
  ];
}

/** What could not be read in one of two snapshots: it is neither created nor deleted. */
export const notReadLines = (notRead: NotRead | undefined): Line[] =>
  notReadWords(notRead).map((words) => line(['? ', 'unknown'], words));

const settingsUnknown =
  'Settings are not compared: the JSON of an audit contains none. Compare snapshots of `bastide scan`.';

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [[], line([title, 'heading']), ...lines];

const subject = (finding: Finding): string => clean(subjectWords(finding, nameInParent), 200);
const rollUpWords = ({ rollUp }: Finding): string => (rollUp === true ? ' (roll-up)' : '');

export function openedLines(finding: OpenedFinding): Line[] {
  const isFailing = finding.outcome === 'fail';
  const state = `${isFailing ? '' : ' (unknown now)'}${firstWords(finding)}`;
  return [
    line(
      isFailing ? ['✗ ', 'bad'] : ['? ', 'unknown'],
      [finding.severity.padEnd(9), finding.severity],
      `${subject(finding)}: ${headline(finding)}${state}${rollUpWords(finding)}`,
      [`  ${finding.rule}`, 'dim'],
    ),
    line([`  ${clean(finding.because)}`, 'dim']),
    ...(finding.location === undefined
      ? []
      : [line(['  at ', 'dim'], [clean(locationWords(finding.location), 500), 'link'])]),
  ];
}

const firstWords = ({ wasChecked }: OpenedFinding): string => (wasChecked === false ? ' (not checked before)' : '');

const notCheckedLine = (finding: Finding): Line =>
  line(
    ['· ', 'dim'],
    [finding.severity.padEnd(9), 'dim'],
    `${subject(finding)}: ${headline(finding)}${rollUpWords(finding)}`,
    [`  ${finding.rule}`, 'dim'],
  );

const nowWords = {
  pass: 'passes',
  notApplicable: 'does not apply any more',
  absent: 'is not checked any more',
} as const;
const closedWords = ({ outcome, now }: ClosedFinding): string =>
  now === null ? `neither fails nor is unknown` : `${outcome === 'fail' ? '' : 'was unknown, '}${nowWords[now]}`;

export const closedLine = (finding: ClosedFinding): Line =>
  line(
    finding.now === 'pass' || finding.now === null ? ['✓ ', 'ok'] : ['· ', 'dim'],
    [finding.severity.padEnd(9), 'dim'],
    `${subject(finding)}: ${clean(finding.title)}${rollUpWords(finding)}`,
    [`  ${closedWords(finding)}`, finding.now === 'pass' ? 'ok' : 'dim'],
    [`  ${finding.rule}`, 'dim'],
  );

const changedLines = (finding: ChangedFinding): Line[] => [
  line(
    ['~ ', 'accent'],
    [finding.severity.padEnd(9), finding.severity],
    `${subject(finding)}: ${headline(finding)}${rollUpWords(finding)}`,
    [`  ${finding.rule}`, 'dim'],
  ),
  ...finding.changes.map(({ member, before, after }) => line([`  ${changeWords(member, before, after)}`, 'dim'])),
];

const changeWords = (member: string, before: Json, after: Json): string =>
  `${member}: ${valueWords(before)} → ${valueWords(after)}`;
const valueWords = (value: Json): string => (typeof value === 'string' ? clean(value) : 'none');

const outcomeWords = {
  ...{ pass: 'passes', fail: 'fails', unknown: 'unknown', notApplicable: 'does not apply' },
  ...{ notJudged: 'could not be checked', absent: 'is not checked any more' },
} as const;
const wasWords = { ...outcomeWords, pass: 'passing', fail: 'failing', notApplicable: 'not applicable' } as const;
const beforeWords = (was: KnowledgeChange['was']): string => {
  if (was === null) return 'not found before';
  if (was === 'notListed') return 'neither failed nor was unknown before';
  return was === 'notJudged' ? 'could not be checked before' : `was ${wasWords[was]}`;
};
/** `was unknown, now fails` */
const turnWords = ({ was, now }: KnowledgeChange): string =>
  `${beforeWords(was)}, now ${now === null ? 'neither fails nor is unknown' : outcomeWords[now]}`;

export const knowledgeLine = (finding: KnowledgeChange): Line =>
  line(
    ['? ', 'unknown'],
    [finding.severity.padEnd(9), finding.now === 'fail' ? finding.severity : 'dim'],
    `${subject(finding)}: ${finding.now === 'fail' ? headline(finding) : clean(finding.title)}${rollUpWords(finding)}`,
    [`  ${turnWords(finding)}`, 'unknown'],
    [`  ${finding.rule}`, 'dim'],
  );

/** `stmldata default action: Deny → Allow  /properties/networkAcls/defaultAction`; an item of a list is named by its words alone. */
export const settingLine = (change: SettingChange): Line =>
  line(['~ ', 'accent'], `${clean(nameInParent(change.resource), 200)} ${settingChangeWords(change)}`, [
    change.pointer === '' || change.pointer.includes('~1') ? '' : `  ${clean(change.pointer, 300)}`,
    'dim',
  ]);

export function diffMarkdown(diff: AuditDiff): string {
  const { opened, closed, changed, settings } = diff;
  const row = (...cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  const table = (
    title: string,
    noun: string,
    head: readonly string[],
    rows: readonly string[],
    isOpen: boolean,
  ): MarkdownPart[] =>
    rows.length === 0
      ? []
      : [
          {
            head: `${isOpen ? `## ${title}\n` : `<details><summary>${title}: ${rows.length}</summary>\n`}\n| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n`,
            rows,
            tail: isOpen ? '\n' : '\n</details>\n\n',
            noun,
          },
        ];
  const change = ({ member, before, after }: ChangedFinding['changes'][number]) => changeWords(member, before, after);
  return limitedMarkdown([
    {
      head: `# Changes in the network security of ${markdownText(titleOf(diff))}\n\n${markdownText(diffNumbers(diff))}\n\nFrom ${markdownText(sideWords(diff.old))} to ${markdownText(sideWords(diff.new))}.\n\n`,
    },
    ...table(
      'Opened',
      'opened findings',
      ['severity', 'outcome', 'resource', 'problem', 'rule'],
      opened.map((one) =>
        row(
          one.severity,
          `${one.outcome}${firstWords(one)}${rollUpWords(one)}`,
          subject(one),
          `${headline(one)}. ${one.because}`,
          one.rule,
        ),
      ),
      true,
    ),
    ...table(
      'Changed',
      'changed findings',
      ['severity', 'resource', 'finding', 'change', 'rule'],
      changed.map((one) =>
        row(one.severity, subject(one), headline(one), one.changes.map(change).join('; '), one.rule),
      ),
      true,
    ),
    ...table(
      'Became known or unknown',
      'findings that became known or unknown',
      ['severity', 'resource', 'requirement', 'turn', 'rule'],
      (diff.knowledge ?? []).map((one) => row(one.severity, subject(one), one.title, turnWords(one), one.rule)),
      true,
    ),
    ...table(
      'Assumptions',
      'assumptions',
      ['assumption'],
      assumptionChangeWords(diff.assumptions).map((words) => row(words)),
      true,
    ),
    ...table(
      'Closed',
      'closed findings',
      ['severity', 'resource', 'requirement', 'now', 'rule'],
      closed.map((one) => row(one.severity, subject(one), one.title, closedWords(one), one.rule)),
      false,
    ),
    ...table(
      'Not checked in the newer audit',
      'findings that are not checked',
      ['severity', 'resource', 'problem', 'rule'],
      (diff.notChecked ?? []).map((one) => row(one.severity, subject(one), headline(one), one.rule)),
      false,
    ),
    ...table(
      'Settings',
      'settings',
      ['resource', 'setting', 'before', 'after'],
      (settings ?? []).map((one) =>
        row(
          nameInParent(one.resource),
          one.kind === 'changed' ? one.pointer : one.kind,
          one.kind === 'changed' ? settingValueWords(one.before) : '',
          one.kind === 'changed' ? settingValueWords(one.after) : '',
        ),
      ),
      false,
    ),
    ...table(
      'Not compared',
      'resources that were not read',
      ['resource'],
      notReadWords(diff.notRead).map((words) => row(words)),
      false,
    ),
    ...(settings === null ? [{ head: `${markdownText(settingsUnknown)}\n` }] : []),
  ]);
}
