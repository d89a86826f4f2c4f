// Findings as rows of a table: the columns of CSV and of spreadsheets. Columns are added at the end and keep their names. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import { type Finding, takesOf } from '../model/finding.ts';
import { acceptedWords } from '../model/project-config.ts';
import { nameInParent, typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';

interface FindingColumn {
  readonly name: string;
  /** Of a spreadsheet, in characters. */
  readonly width: number;
  /** '' where a finding has none. */
  of(finding: Finding): string | number;
}

const column = (name: string, width: number, of: FindingColumn['of']): FindingColumn => ({ name, width, of });

export const findingColumns: readonly FindingColumn[] = [
  column('id', 30, ({ id }) => id),
  column('rule', 34, ({ rule }) => rule),
  column('title', 48, ({ title }) => title),
  column('severity', 10, ({ severity }) => severity),
  column('outcome', 10, ({ outcome }) => outcome),
  column('profiles', 20, ({ profiles }) => profilesWithAliases(profiles).join(' ')),
  column('resource', 30, ({ resource }) => resource),
  column('where', 30, ({ where }) => where ?? ''),
  column('because', 70, ({ because }) => because),
  column('fix', 8, ({ fix }) => fix.kind),
  column('undo', 10, ({ fix }) => fix.undo),
  column('problem', 48, ({ problem }) => problem),
  column('accepted', 30, ({ accepted }) => (accepted === undefined ? '' : acceptedWords(accepted))),
  column('name', 30, ({ resource }) => nameInParent(resource)),
  column('type', 40, ({ resource }) => typeOf(resource)),
  column('takes', 10, (finding) => (finding.outcome === 'fail' ? takesOf(finding) : '')),
  column('rollUp', 8, ({ rollUp }) => (rollUp === true ? 'true' : 'false')),
  column('file', 30, ({ location }) => location?.file ?? ''),
  column('line', 8, ({ location }) => location?.line ?? ''),
  column('column', 8, ({ location }) => location?.column ?? ''),
];

/** The longest text of a cell, far below the 32,767 characters that spreadsheets hold. */
const longest = 20_000;

export const cellsOf = (finding: Finding): (string | number)[] =>
  findingColumns.map(({ of }) => {
    const value = of(finding);
    return typeof value === 'number' ? value : clean(value, longest);
  });
