// Findings as JUnit XML, for pipelines that show test results: every outcome, one suite a resource. Pure.
import { type Finding, isCounted, locationWords } from '../model/finding.ts';
import { acceptedWords } from '../model/project-config.ts';
import { fold, nameInParent } from '../model/resource-id.ts';
import { type AuditResult, scopeSentences } from './audit-result.ts';
import { projectSentences } from './project-text.ts';
import { xmlText } from './xml.ts';

/** A failing finding is a failure; what is accepted, unknown or not applicable is skipped, and says why. */
export function* renderJunit({
  snapshot,
  findings,
  every,
  ...scope
}: Pick<AuditResult, 'snapshot' | 'findings' | 'every' | 'profile' | 'selection' | 'config'>): Generator<string, void> {
  const time = xmlText(snapshot.takenAt.replace(/\.\d+Z$|Z$/, ''));
  // The name is all that a viewer shows of the whole.
  const nameOfAll = ['bastide', ...scopeSentences(scope), ...projectSentences(scope.config)].join(' ');
  const { count, resources, parts } = every();
  const names = distinct(resources.map((resource) => [nameInParent(resource), resource]));
  const nameOf = new Map(resources.map((resource, at) => [fold(resource), names[at] ?? '']));
  // All that fails is among the findings, whichever are listed.
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlText(nameOfAll)}" tests="${count}" failures="${findings.filter(isFailure).length}" errors="0">\n`;
  for (const part of parts()) {
    for (const [resource, own] of Map.groupBy(part, (one) => fold(one.resource)))
      yield suite(nameOf.get(resource) ?? '', time, own);
  }
  yield '</testsuites>\n';
}

/** The short name of each, or the long one where two are alike: viewers tell suites and cases apart by their names alone. */
function distinct(names: readonly (readonly [short: string, long: string])[]): string[] {
  const uses = Map.groupBy(names, ([short]) => short);
  return names.map(([short, long]) => (uses.get(short)?.length === 1 ? short : long));
}

/** Roll-ups and what is accepted are shown, and not counted. */
const isFailure = (finding: Finding): boolean => finding.outcome === 'fail' && isCounted(finding);

function suite(name: string, time: string, findings: readonly Finding[]): string {
  const failures = findings.filter(isFailure).length;
  const passed = findings.filter(({ outcome }) => outcome === 'pass').length;
  const others = findings.length - failures - passed;
  const cases = distinct(
    findings.map(({ rule, where, title }) => {
      const named = (other: string) => `${rule}${where === null ? '' : ` (${other})`}: ${title}`;
      return [named(nameInParent(where ?? '')), named(where ?? '')];
    }),
  );
  const texts = findings.map((finding, at) => testCase(name, cases[at] ?? '', finding));
  return `  <testsuite name="${xmlText(name)}" tests="${findings.length}" failures="${failures}" errors="0" skipped="${others}" timestamp="${time}">\n${texts.join('')}  </testsuite>\n`;
}

/** Why a test is skipped; of what fails and is not accepted, only roll-ups are. */
const skipped: Readonly<Record<Finding['outcome'], string>> = {
  ...{ fail: 'roll-up, not counted', unknown: 'unknown', pass: 'pass', notApplicable: 'not applicable' },
};

function testCase(suiteName: string, name: string, finding: Finding): string {
  const { outcome, accepted, severity, problem, because, id, location } = finding;
  const open = `    <testcase classname="${xmlText(suiteName)}" name="${xmlText(name)}"`;
  if (outcome === 'pass') return `${open}/>\n`;
  if (!isFailure(finding)) {
    const why = accepted === undefined ? `${skipped[outcome]}: ${because}` : acceptedWords(accepted);
    return `${open}><skipped message="${xmlText(why)}"/></testcase>\n`;
  }
  const text = [id, ...(location === undefined ? [] : [locationWords(location)])].map(xmlText).join('\n');
  return `${open}><failure type="${severity}" message="${xmlText(`${problem}. ${because}`)}">${text}</failure></testcase>\n`;
}
