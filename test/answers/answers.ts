// What a world of the simulator is answered, as an operator reads it: findings, profiles, plans, what a fix does, its undo, the map and
// paths. Committed as test/fixtures/answers, so that a review shows what a change means for users.
import assert from 'node:assert/strict';
import { clusterCreation } from '../../commands/parts/new-aks.ts';
import { computeCreation } from '../../commands/parts/new-compute.ts';
import { audit, liveReport } from '../../src/audit/index.ts';
import { pathThrough } from '../../src/audit/path.ts';
import { architectureWords } from '../../src/model/architecture-words.ts';
import type { Profile } from '../../src/model/assumption.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Finding, Report } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { type ProblemReport, problemNumbers } from '../../src/model/problem.ts';
import { nameInParent, nameOf } from '../../src/model/resource-id.ts';
import { subjectWords } from '../../src/model/short-finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { counted } from '../../src/model/text.ts';
import type { Protocol } from '../../src/net/ports.ts';
import { findingLines, summaryLine } from '../../src/render/audit-text.ts';
import { liveLines } from '../../src/render/live-text.ts';
import { mapLines } from '../../src/render/map-text.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { problemCounts, problemLines } from '../../src/render/problem-text.ts';
import { rules } from '../../src/rules/index.ts';
import type { ApplyResult, Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { withFirstChoices } from '../plan/first-choices.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { miscounted, misplaced } from '../support/problem-laws.ts';
import { evidenceText, pathText, text } from './texts.ts';

/** `large` says a thousand times what the others say once. */
export const answeredWorlds: readonly string[] = worldFiles
  .map(({ name }) => name)
  .filter((name) => name !== 'large' && name !== 'fleet');

/** Worlds with a running machine to ask Azure about, and with subnets in which something may be made. */
const asked: Readonly<Record<'live' | 'creation', readonly string[]>> = {
  live: ['tunnelled', 'machines', 'governed'],
  creation: ['closed-service-endpoint', 'crowded', 'limited'],
};

/** The answers as one text. */
export async function answersOf(world: string): Promise<string> {
  const session = openInProcess(world);
  const title = worldFiles.find(({ name }) => name === world)?.title;
  try {
    const snapshot = await drain(session.scan());
    const report = session.report(snapshot, 'all');
    const all = planOf(session, snapshot, 'all', {});
    return [
      `${title}\n`,
      section('Problems', problemsText(report)),
      section('Findings', findingsText(report)),
      ...(['current', 'article-2020'] as const).map((profile) =>
        section(`Answered otherwise under ${profile}`, otherwiseText(snapshot, report, profile)),
      ),
      section('plan --all', text(planLines(all))),
      ...guidedTexts(session, snapshot, report, world),
      section('map', text(mapLines(session.map(snapshot)))),
      section('path', pathTexts(session, snapshot)),
      ...(asked.live.includes(world) ? [section('audit --live', await liveText(session, snapshot))] : []),
      ...(asked.creation.includes(world) ? await creationTexts(session, snapshot) : []),
      ...(await appliedTexts(session, report, all)),
    ]
      .join('\n')
      .replaceAll(/\/subscriptions\/2{8}-[2-]+\/resourceGroups\/rg-ml/gi, '$RG');
  } finally {
    await session.close();
  }
}

const section = (title: string, content: string): string => `## ${title}\n\n${content === '' ? 'None.\n' : content}`;

/** As `audit` lists them, with what each depends on. */
function problemsText(report: ProblemReport): string {
  assert.deepEqual(misplaced(report), []);
  const { problems, findings } = report;
  if (problems.length === 0) return '';
  return `${text([problemCounts(problems), [], ...problemLines(problems, findings)]).trimEnd()}\n`;
}

function findingsText(report: Report): string {
  const all = (...outcomes: Finding['outcome'][]) =>
    report.findings.filter(({ outcome }) => outcomes.includes(outcome));
  return [
    `Architecture: ${architectureWords(report.architecture)}\n`,
    text([summaryLine(report.summary)]),
    '\n',
    ...all('fail', 'unknown').map((one) => `${text(findingLines(one)).trimEnd()}\n${evidenceText(one)}\n`),
    ...alike(all('pass'), ({ rule, severity }) => `pass ${severity} ${rule}`),
    '\n',
    ...alike(all('notApplicable'), () => 'n/a'),
  ].join('');
}

/** Findings that say the same of different subjects, together: the sentence of the first, then the subjects. */
function alike(findings: readonly Finding[], label: (one: Finding) => string): string[] {
  const namesIn = ({ resource, where }: Finding) =>
    [resource, where ?? ''].flatMap((id) => [nameInParent(id), nameOf(id)]).filter((name) => name !== '');
  const sentenceOf = (one: Finding) => namesIn(one).reduce((said, name) => said.replaceAll(name, '…'), one.because);
  const groups = Map.groupBy(findings, (one) => `${label(one)}: ${sentenceOf(one)}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [Finding];
    const subjects = [...Map.groupBy(group, ({ rule }) => rule)].map(([rule, those]) => {
      const names = those.map((one) => subjectWords(one)).join(', ');
      return label(first).endsWith(rule) ? names : `${rule}: ${names}`;
    });
    return `${label(first)}: ${first.because}\n${subjects.map((line) => `    ${line}\n`).join('')}`;
  });
}

/** Rules of the profile whose outcome, severity or sentence is not that under `all`, and what only one of them has. */
function otherwiseText(snapshot: Snapshot, report: Report, profile: Profile): string {
  const { findings, architecture, summary } = audit(snapshot, rules, profile);
  const asked = new Set(rules.filter(({ profiles }) => profiles.includes(profile)).map(({ id }) => id));
  const told = ({ outcome, severity, because }: Finding) => `${outcome} ${severity}: ${because}`;
  const before = new Map(report.findings.map((one) => [one.id, one]));
  const now = new Set(findings.map(({ id }) => id));
  const moved = findings.filter((one) => {
    const known = before.get(one.id);
    return known === undefined || told(known) !== told(one);
  });
  const gone = report.findings.filter(({ id, rule }) => asked.has(rule) && !now.has(id));
  return [
    `Architecture: ${architectureWords(architecture)}\n`,
    text([summaryLine(summary)]),
    ...moved.map((one) => `${one.rule}  ${subjectWords(one)}: ${told(one)}\n`),
    ...gone.map((one) => `${one.rule}  ${subjectWords(one)}: no finding\n`),
  ].join('');
}

type Answers = Readonly<Record<string, string>>;
const planOf = (session: Session, snapshot: Snapshot, targets: readonly string[] | 'all', answers: Answers): Plan =>
  session.plan(snapshot, { targets, answers, ips: [], profile: 'all' });

/** A rule is planned by its name in the first world that plants it: it costs an audit for each answer. */
const plannedIn = (rule: string): string | undefined =>
  worldFiles.find(({ faults }) => faults.some((fault) => fault.rule === rule))?.name;

/** Each rule that fails and that `--all` does not plan, planned by its name with the first choices. */
function guidedTexts(session: Session, snapshot: Snapshot, report: Report, world: string): string[] {
  const guided = report.findings.filter(({ outcome, fix }) => outcome === 'fail' && fix.kind === 'guided');
  const failing = new Set(guided.map(({ rule }) => rule).filter((rule) => plannedIn(rule) === world));
  return [...failing].map((id) => {
    const { plan, answers } = withFirstChoices((given) => planOf(session, snapshot, [id], given));
    const words = Object.entries(answers).map(([name, value]) => ` --answer ${name}=${value}`);
    return section(`plan ${id}${words.join('')}`, text(planLines(plan)));
  });
}

/** The plan applied, or why Azure refuses it: what fails then, and the plan that undoes it. */
async function appliedTexts(session: Session, report: ProblemReport, plan: Plan): Promise<string[]> {
  if (plan.steps.length === 0) return [];
  let outcome: ApplyResult;
  try {
    outcome = await drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [section('fix --all', `${error.message}\n${error.next}\n`)];
  }
  const after = session.report(await drain(session.scan()), 'all');
  assert.deepEqual(miscounted(plan, outcome, report, after), []);
  const { findings, resolved, failing: of } = problemNumbers(report.problems, plan.preview.resolves);
  const failing = (one: Report) => one.findings.filter(({ outcome }) => outcome === 'fail');
  const before = new Map(report.findings.map((one) => [one.id, one]));
  const left = failing(after).filter(({ id, because }) => before.get(id)?.because !== because);
  const result = [
    text([summaryLine(after.summary)]),
    `resolved: ${counted(findings, 'finding')}, ${resolved} of ${counted(of, 'problem')}\n`,
    ...left.map((one) => `fails now: ${one.rule}  ${subjectWords(one)}: ${one.because}\n`),
  ];
  return [section('fix --all', result.join('')), section('undo', text(planLines(await session.planUndo())))];
}

/** What Azure says is in effect, beside what was computed. */
const liveText = async (session: Session, snapshot: Snapshot): Promise<string> =>
  text(liveLines(liveReport(await drain(session.live(snapshot, { profile: 'all' })))));

/** An AKS cluster and a compute cluster, planned for a subnet. */
async function creationTexts(session: Session, snapshot: Snapshot): Promise<string[]> {
  const seat = snapshot.resources.find(({ id }) => id.endsWith('/subnets/snet-gpu'))?.id ?? '';
  const seen = await drain(session.scan(undefined, [seat]));
  const compute = {
    what: 'cluster',
    name: 'cpu-new',
    size: 'STANDARD_D2_V2',
    min: 0,
    max: 4,
    ssh: 'disabled',
  } as const;
  const creations = {
    'create aks aks-new': clusterCreation(seen, { name: 'aks-new' }, seat, 'all'),
    'create cluster cpu-new': computeCreation(seen, compute, seat, 'service-endpoint', 'all'),
  };
  return Object.entries(creations).map(([line, creation]) =>
    section(`${line} --subnet ${nameInParent(seat)}`, text(planLines(session.planCreation(seen, creation)))),
  );
}

/** Types of computes and machines that open connections. */
const sourceTypes = /\/(?:workspaces\/computes|virtualMachines)$/i;
const outside = ['internet', 'mcr.microsoft.com', 'AzureActiveDirectory'];
/** Other ways to name an end: addresses, ranges, host names, tags, names that fit nothing or several. */
const spelled = [
  ...['10.0.4.4', '10.0.4.0/24', '10.0.0.0/16', '10.0.1.4', '192.168.1.1', '20.1.2.3', '20.1.2.3-20.1.2.9'],
  ...['stmlsim.blob.core.windows.net', 'stmlsim.file.core.windows.net', 'other.blob.core.windows.net'],
  ...['Storage.WestEurope', 'snet-dev', 'vnet-ml/snet-pe', 'workspaceblobstore', 'nowhere', '10.0.0.300'],
];
type Question = readonly [source: string, destination: string, port: string, protocol: Protocol];

/** The main questions: computes to services and outside, the flows that a service opens to computes, computes to each other. */
function pathTexts(session: Session, snapshot: Snapshot): string {
  const sources = snapshot.resources.filter(({ type }) => sourceTypes.test(type)).map(({ id }) => id);
  const targets = session.map(snapshot).targets.flatMap(({ resource }) => resource ?? []);
  const questions = sources.flatMap((source, at): Question[] => [
    ...[...targets, ...outside].map((to): Question => [source, to, '443', 'Tcp']),
    ['BatchNodeManagement', source, '29876-29877', 'Tcp'],
    ['AzureMachineLearning', source, '44224', 'Tcp'],
    ['internet', source, '22', 'Tcp'],
    ...sources.slice(at + 1, at + 2).map((to): Question => [source, to, '*', 'Udp']),
  ]);
  const [first = ''] = sources;
  const more = spelled.flatMap((end): Question[] => [
    [first, end, '*', 'Tcp'],
    [end, first, '443', 'Udp'],
  ]);
  const known = new Map<string, string>();
  return [...questions, ...more]
    .map(([source, destination, port, protocol]) => {
      const title = `${shortEnd(source)} to ${shortEnd(destination)}, ${protocol} ${port}`;
      const answer = pathText(pathThrough(snapshot, { source, destination, ports: [port], protocol }));
      const same = known.get(answer);
      if (same !== undefined) return `### ${title}: as ${same}\n`;
      known.set(answer, title);
      return `### ${title}\n${answer}`;
    })
    .join('\n');
}

const shortEnd = (end: string): string => (end.startsWith('/') ? nameOf(end) : end);
