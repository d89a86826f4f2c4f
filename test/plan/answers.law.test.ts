// Answers are understood or refused. Over worlds and architectures: what a fix asks for is declared by its rule and accepted; any other
// name, and any other value of a list, is refused; and what is neither refused nor told as unused is what the fix was made with.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Finding } from '../../src/model/finding.ts';
import { readNeed } from '../../src/model/plan-need.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { checkRequest } from '../../src/plan/answers.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { evenly, lawWorlds } from '../support/trust-size.ts';

type Answers = Readonly<Record<string, string>>;
const all = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
const worlds = [...new Set(['limited', 'open', ...evenly(all, lawWorlds)])];
const intents = [{}, { architecture: 'private-endpoint' as const }];
/** As a scan reads them, so that nothing is unknown that Azure shows. */
const scans = new Map<string, Snapshot>();
for (const world of worlds) scans.set(world, await drain(openInProcess(world).scan()));
const byId = new Map(rules.map((rule) => [rule.id, rule]));

const input = (snapshot: Snapshot, targets: readonly string[] | 'all', answers: Answers) => ({
  ...{ snapshot, rules, id: 'p', report: audit(snapshot, rules) },
  request: { targets, answers, ips: [], profile: 'all' as const },
});
const planned = (snapshot: Snapshot, finding: Finding, answers: Answers) =>
  buildPlan(input(snapshot, [finding.id], answers));

/** One failing finding of each rule that has answers or asks for one. */
function* asking(): Generator<{ readonly snapshot: Snapshot; readonly finding: Finding }> {
  for (const world of worlds) {
    for (const intent of intents) {
      const read = scans.get(world);
      if (read === undefined) throw new Error(`${world} was not scanned`);
      const snapshot = { ...read, intents: { ...read.intents, ...intent } };
      const failing = audit(snapshot, rules).findings.filter(
        (one) => one.outcome === 'fail' && byId.get(one.rule)?.fix,
      );
      for (const [finding] of Map.groupBy(failing, ({ rule }) => rule).values()) {
        if (finding !== undefined) yield { snapshot, finding };
      }
    }
  }
}

/** Names what must be fixed or read before. */
const isBlocked = (sentence: string): boolean =>
  /could not be read|was not read/.test(sentence) || rules.some(({ id }) => sentence.includes(id));

/** Empty where the answers lead to a plan, to another question, or to what must be fixed or read first; else what is said in its place. */
function leadsOn(snapshot: Snapshot, finding: Finding, answers: Answers): string {
  const { steps, skipped, gates } = planned(snapshot, finding, answers);
  const said = [...skipped.map(({ reason }) => reason), ...gates.map(({ detail }) => detail)];
  return steps.length > 0 || said.some((one) => readNeed(one) !== null || isBlocked(one)) ? '' : said.join(' ');
}

/** These make a copy of a compute in a subnet that is offered: it must fit there. */
const copying = ['compute.placed-in-vnet', 'compute.no-public-ip', 'compute.ssh-public-access'];

/** What fails after a plan with these answers and did not before, of medium severity or graver. */
function introduced(snapshot: Snapshot, finding: Finding, answers: Answers): readonly string[] {
  const { steps, preview } = planned(snapshot, finding, answers);
  if (preview.introduces.length === 0) return [];
  const after = applyChanges(
    snapshot,
    steps.map(({ change }) => change),
  );
  const grave = audit(after, rules).findings.filter(({ severity }) => !['low', 'info'].includes(severity));
  return grave.flatMap(({ id }) => (preview.introduces.includes(id) ? [id] : []));
}

/** Whatever a plan asks for, answered one after another: each choice is declared, and accepted. */
function answered(snapshot: Snapshot, finding: Finding): number {
  const declared = Object.keys(byId.get(finding.rule)?.answers ?? {});
  let answers: Record<string, string> = {};
  for (let round = 0; round < 5; round += 1) {
    const { skipped, gates } = planned(snapshot, finding, answers);
    const sentences = [...skipped.map(({ reason }) => reason), ...gates.map(({ detail }) => detail)];
    const need = sentences.map(readNeed).find((one) => one !== null);
    if (!need) return round;
    const options = need.kind === 'text' ? [{ name: need.name, value: need.suggestion ?? '' }] : need.options;
    for (const { name, value } of options) {
      expect([...declared, 'accept-cut'], `${finding.id} asks for ${name}`).toContain(name);
      if (need.kind !== 'choice') continue;
      const { refused } = checkRequest(input(snapshot, [finding.id], { ...answers, [name]: value }));
      expect(refused, `${finding.id}: ${name}=${value}`).toEqual([]);
      expect(leadsOn(snapshot, finding, { ...answers, [name]: value }), `${finding.id}: ${name}=${value}`).toBe('');
      if (!copying.includes(finding.rule)) continue;
      const told = planned(snapshot, finding, { ...answers, [name]: value }).skipped.map(({ reason }) => reason);
      expect(told.join(' '), `${finding.id}: ${name}=${value}`).not.toMatch(/compute\.(?:subnet-free-ips|vnet-same)/);
      expect(introduced(snapshot, finding, { ...answers, [name]: value }), `${finding.id}: ${value}`).toEqual([]);
    }
    const [first] = options;
    if (first === undefined || first.value === '' || answers[first.name] !== undefined) return round;
    answers = { ...answers, [first.name]: first.value };
  }
  return 5;
}

test('what a fix asks for is declared by its rule, and each of its choices is accepted', () => {
  let asked = 0;
  for (const { snapshot, finding } of asking()) asked += answered(snapshot, finding);
  expect(asked).toBeGreaterThan(10);
});

test('an unknown name is refused, and so is a value that is none of those listed', () => {
  for (const { snapshot, finding } of asking()) {
    const check = (answers: Answers) => checkRequest(input(snapshot, [finding.id], answers)).refused;
    expect(check({ source: '10.0.0.0/8' })).toMatchObject([{ reason: 'unknown-name', name: 'source' }]);
    for (const [name, values] of Object.entries(byId.get(finding.rule)?.answers ?? {})) {
      if (typeof values !== 'string')
        expect(check({ [name]: 'nonsense-7' })).toMatchObject([{ reason: 'unknown-value', name, value: 'nonsense-7' }]);
    }
  }
  const [first] = asking();
  if (first === undefined) throw new Error('nothing fails');
  expect(checkRequest(input(first.snapshot, 'all', { source: 'x' })).refused).toHaveLength(1);
});

test('an answer that is neither refused nor unused decides what is planned or asked next', () => {
  for (const { snapshot, finding } of asking()) {
    const plain = planned(snapshot, finding, {});
    for (const name of Object.keys(byId.get(finding.rule)?.answers ?? {})) {
      for (const value of ['nonsense-7', '']) {
        const { refused, unused } = checkRequest(input(snapshot, [finding.id], { [name]: value }));
        if (refused.length > 0) continue;
        const plan = planned(snapshot, finding, { [name]: value });
        const isSame = JSON.stringify(plan.steps) === JSON.stringify(plain.steps);
        if (unused.length > 0) expect(isSame, `${finding.id}: ${name}=${value} is told as unused`).toBe(true);
      }
    }
  }
});

test('what a rule declares is a name with values, each once and none empty', () => {
  for (const { id, answers = {}, fix } of rules) {
    for (const [name, values] of Object.entries(answers)) {
      expect(fix, id).toBeDefined();
      expect(name, id).toMatch(/^[a-z][A-Za-z-]*$/);
      expect(values.length, id).toBeGreaterThan(0);
      if (typeof values !== 'string') expect(new Set(values.map((one) => one.toLowerCase())).size).toBe(values.length);
      else expect(values).toMatch(/^[A-Z/[\],]+$/);
    }
  }
});
