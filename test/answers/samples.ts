// What the samples of the rules, the small networks and the jobs are answered: committed as test/fixtures/samples, a file for each group.
import { audit } from '../../src/audit/index.ts';
import { type Finding, findingId } from '../../src/model/finding.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { line } from '../../src/model/words.ts';
import { changeLines } from '../../src/render/change-text.ts';
import { rules } from '../../src/rules/index.ts';
import { fromTrain, type PathRow, toTrain } from '../facts/path-rows.ts';
import { asked } from '../facts/path-scenes.ts';
import { legEntries, prepare } from '../preflight/planted.ts';
import { fixable, proposedFor } from '../rules/proposed.ts';
import { samples, subjectOf } from '../rules/samples.ts';
import type { Sample } from '../rules/sampling.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evidenceText, pathText, text } from './texts.ts';

/** A rule needs no other to be checked; that none fails on what another's sample changes is held by the tests of the audit. */
const rulesBy = Map.groupBy(rules, ({ id }) => id);

/** The findings of the sample's rule about its subject. */
export function findingsOf(sample: Sample): Finding[] {
  const id = findingId(sample.rule, subjectOf(sample), sample.where);
  const { findings } = audit(snapshotOf(sample.change), rulesBy.get(sample.rule) ?? [], sample.profile);
  return findings.filter((finding) => finding.id === id);
}

/** An answer under its title. */
export interface SampleAnswer {
  readonly title: string;
  readonly text: string;
}
const mark = '## ';
export const entry = (title: string, answer: string): SampleAnswer => ({
  title,
  text: answer
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll(/\/subscriptions\/[^ ]*?\/resourceGroups\/[^/ ]+/gi, '$RG')
    .trimEnd(),
});
const printed = (entries: readonly SampleAnswer[]): string =>
  `${entries.map(({ title, text }) => `${mark}${title}\n${text}`).join('\n\n')}\n`;

/** The answers of a file by their titles. */
export const entriesIn = (file: string): ReadonlyMap<string, string> =>
  new Map(
    file
      .trimEnd()
      .split(/\n\n(?=## )/)
      .map((one) => {
        const end = one.indexOf('\n');
        return [one.slice(mark.length, end), one.slice(end + 1)];
      }),
  );

/** The findings with their evidence, and what the fix of a failing one proposes. */
export const sampleEntry = (sample: Sample, findings: readonly Finding[]): SampleAnswer =>
  entry(
    `${sample.rule} ${sample.says}: ${sample.when}${sample.profile === undefined ? '' : `, ${sample.profile}`}`,
    [
      ...findings.map((one) => `${one.severity}  ${one.because}\n${evidenceText(one)}`),
      fixable.includes(sample) ? fixText(sample) : '',
    ].join(''),
  );
function fixText(sample: Sample): string {
  const made = proposedFor(sample, snapshotOf(sample.change));
  if (typeof made === 'string') return `  no fix: ${made}\n`;
  return made
    .map(({ change, phase, advice }) => {
      const what = line(`  fix, phase ${phase}: ${change.kind} ${nameInParent(change.resource)}`);
      return text([what, ...changeLines(change), ...(advice === undefined ? [] : [line(`     advice: ${advice}`)])]);
    })
    .join('');
}

export const pathEntry = ([title, change, end, , , ports]: PathRow, way: 'from' | 'to'): SampleAnswer => {
  const answer =
    way === 'from' ? asked(change, 'cpu-cluster', end, ports) : asked(change, end, 'cpu-cluster', '29876-29877');
  return entry(`${way} cpu-cluster, ${end}: ${title}`, pathText(answer));
};

/** The file of a rule's samples, of the paths or of the legs of jobs; from the root of the project. */
export const sampleFile = (group: string): string => `test/fixtures/samples/${group}.txt`;
export const groupOf = ({ rule }: Sample): string => rule.split('.')[0] ?? '';

/** Each file with its text. */
export const sampleFiles = async (): Promise<{ readonly file: string; readonly text: string }[]> => [
  ...[...Map.groupBy(samples, groupOf)].map(([group, own]) => ({
    file: sampleFile(group),
    text: printed(own.map((sample) => sampleEntry(sample, findingsOf(sample)))),
  })),
  {
    file: sampleFile('path'),
    text: printed([...fromTrain.map((row) => pathEntry(row, 'from')), ...toTrain.map((row) => pathEntry(row, 'to'))]),
  },
  { file: sampleFile('legs'), text: printed(await legsRecorded()) },
];
async function legsRecorded(): Promise<SampleAnswer[]> {
  await prepare();
  return legEntries().map(({ title, text }) => entry(title, text));
}
