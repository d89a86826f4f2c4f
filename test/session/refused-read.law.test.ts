// Nothing changes between two scans but that one read of the newer one is refused: then nothing is resolved, closed, gone or deleted, and
// the other way round nothing is created; and what fails when all can be read still fails, or is unknown.
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { diffAudits } from '../../src/model/audit-diff.ts';
import { auditRecord, auditTrend } from '../../src/model/audit-record.ts';
import { compareReports } from '../../src/model/compare.ts';
import { type Finding, isOpen } from '../../src/model/finding.ts';
import { lastRunOf, sinceThen } from '../../src/model/last-run.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import { sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { compareSnapshots } from '../../src/model/snapshot-changes.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { randomOf } from '../support/fuzz-bursts.ts';
import { drain, type InProcess, type Refusal, refusals, simulated } from '../support/in-process.ts';
import { trustSeed } from '../support/trust-size.ts';

const isFull = process.env.TRUST_SIZE === 'full';
/** So many reads are refused in each world; all of them in the long run. */
const each = isFull ? Number.POSITIVE_INFINITY : 3;
/** Of a fleet one workspace cannot be chosen by name alone. */
const every = worldFiles.map(({ name }) => name).filter((name) => !/fleet|large|huge/.test(name));
const worlds = every.filter((name, at) => isFull || name === 'limited' || (at + trustSeed) % 6 === 0);

/** Some of a list, the same ones each time; reads of lists first, since they hide most. */
function some(paths: readonly string[]): readonly string[] {
  const lists = paths.filter((path) => path.split('/').length % 2 === 0);
  const ordered = [...lists, ...paths.filter((path) => !lists.includes(path))];
  const step = Math.max(1, Math.floor(ordered.length / each));
  return ordered.filter((_path, at) => (at + trustSeed) % step === 0).slice(0, each);
}

const side = (report: ProblemReport, { takenAt, workspace }: Snapshot) => ({
  side: { name: 'a', kind: 'scan' as const, takenAt, workspace },
  ...{ findings: report.findings, isComplete: true, reading: report.reading },
});

/** What each comparison says is gone, closed, resolved, deleted or created. */
function claims(before: Snapshot, after: Snapshot, report: (of: Snapshot) => ProblemReport): object {
  const [was, is] = [report(before), report(after)];
  const known = new Set(is.findings.map(({ id }) => id));
  const isAbsent = (id: string): boolean => !known.has(id);
  const first = auditRecord(was, '2026-01-01T00:00:00Z', undefined);
  const trend = auditTrend([first, auditRecord(is, '2026-01-02T00:00:00Z', first)], 'all');
  const { closed } = diffAudits(side(was, before), side(is, after), null);
  const { resolved, gone } = sinceThen(lastRunOf(was, before.takenAt), is);
  const kinds = (from: Snapshot, to: Snapshot) =>
    compareSnapshots(from, to).changes.flatMap(({ kind, resource }) =>
      kind === 'changed' ? [] : [`${kind} ${resource}`],
    );
  return {
    compared: compareReports(was, is).resolved.filter(isAbsent),
    since: [...resolved, ...gone].filter(isAbsent),
    closed: closed.map(({ id }) => id).filter(isAbsent),
    trend: (trend[1]?.change?.resolved ?? []).filter(isAbsent),
    deleted: kinds(before, after),
    created: kinds(after, before),
  };
}
const nothing = { compared: [], since: [], closed: [], trend: [], deleted: [], created: [] };

/**
 * What fails when all can be read and has another outcome now, or none: where it is not there, its rule is unknown for its resource or as
 * a whole.
 */
function lost(was: ProblemReport, is: ProblemReport): string[] {
  const now = new Map(is.findings.map((one) => [one.id, one]));
  const open = is.findings.filter(isOpen);
  const isTold = ({ rule, resource }: Finding): boolean =>
    open.some((one) => one.rule === rule && (one.outcome === 'unknown' || sameId(one.resource, resource)));
  return was.findings.flatMap((one) => {
    const found = now.get(one.id);
    const isKept = one.outcome !== 'fail' || (found === undefined ? isTold(one) : isOpen(found));
    return isKept ? [] : [`${one.id} ${found?.outcome ?? 'absent'}`];
  });
}
/** What is open when all can be read and is called well now, and what fails now and did not. */
function made(was: ProblemReport, is: ProblemReport): string[] {
  const before = new Map(was.findings.map((one) => [one.id, one.outcome]));
  return is.findings.flatMap(({ id, outcome }) => {
    const then = before.get(id);
    const isWell = (outcome === 'pass' || outcome === 'notApplicable') && (then === 'fail' || then === 'unknown');
    return isWell || (outcome === 'fail' && then !== 'fail') ? [`${id}: ${then ?? 'absent'}, now ${outcome}`] : [];
  });
}
const manners = Object.keys(refusals) as Refusal[];
const moment = new Date('2026-01-02T03:04:05Z');

describe.each(worlds)('%s', (world) => {
  test('a refused read resolves and deletes nothing', async () => {
    const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
    const before = await drain(session.scan());
    const report = (of: Snapshot) => session.report(of, 'all');
    for (const [at, path] of some([...asked]).entries()) {
      for (const manner of isFull ? manners : [manners[(at + trustSeed) % manners.length]]) {
        refuse(path, manner);
        const after = await drain(session.scan()).catch(() => null);
        // The workspace itself: there is no scan at all.
        if (after === null) continue;
        expect([path, claims(before, after, report)]).toEqual([path, nothing]);
        expect([path, lost(report(before), report(after))]).toEqual([path, []]);
        // A list that is empty, and what does not exist, is known.
        if (manner === 'forbidden') expect([path, made(report(before), report(after))]).toEqual([path, []]);
      }
    }
  });
});

/** One of these, by chance. */
type Choose = <T>(from: readonly T[]) => T | undefined;
const chooser = (seed: number): Choose => {
  const next = randomOf(seed);
  return (from) => from[Math.floor(next() * from.length)];
};

/** Another client deletes something, or makes something name nothing more: what it named is there, and no scan may see it. */
function someAct({ store }: InProcess, choose: Choose): void {
  const id = choose(store.ids()) ?? '';
  const body = store.document(id);
  if (body === undefined || choose([true, false]) === true) {
    if (!isWorkspace(id)) store.remove(id);
    return;
  }
  const names: (() => unknown)[] = [];
  const walk = (value: unknown, drop: () => unknown): void => {
    const named = value instanceof Map && value.size === 1 ? value.get('id') : value;
    if (typeof named === 'string' && named.startsWith('/subscriptions/')) names.push(drop);
    else if (Array.isArray(value)) for (const one of value) walk(one, () => value.splice(value.indexOf(one), 1));
    else if (value instanceof Map) for (const [key, one] of value) if (key !== 'id') walk(one, () => value.delete(key));
  };
  walk(body.get('properties'), () => {});
  choose(names)?.();
}
const isWorkspace = (id: string): boolean => /\/workspaces\/[^/]+$/i.test(id) || !/\/providers\//i.test(id);

test('whatever changes and whatever is refused: what is called deleted is not there, and what is called created was not', async () => {
  const told = { deleted: 0, created: 0, notRead: 0 };
  for (let seed = trustSeed; seed < trustSeed + (isFull ? 400 : 24); seed += 1) {
    const choose = chooser(seed);
    const name = choose(every) ?? '';
    const sides = [simulated(name, moment), simulated(name, moment)] as const;
    const all = await drain(sides[0].session.scan());
    const snapshots: Snapshot[] = [];
    for (const [at, side] of sides.entries()) {
      for (let act = 0; act < at * 4; act += 1) someAct(side, choose);
      const paths = Array.from({ length: choose([0, 1, 2, 4]) ?? 0 }, () => choose([...sides[0].asked]) ?? '');
      side.refuse(
        paths.filter((path) => !isWorkspace(path)),
        choose(manners),
      );
      const scanned = await drain(side.session.scan()).catch(() => all);
      if (scanned !== all) snapshots.push(scanned);
    }
    const [before, after] = snapshots;
    if (before === undefined || after === undefined) continue;
    const wrong = [
      [before, after, ...sides],
      [after, before, ...sides.toReversed()],
    ].flatMap(([from, to, was, is]) => {
      const { changes, notRead } = compareSnapshots(from as Snapshot, to as Snapshot);
      told.notRead += notRead.inNewer.length;
      return changes.flatMap(({ kind, resource }) => {
        if (kind === 'changed') return [];
        told[kind] += 1;
        const { store } = (kind === 'deleted' ? is : was) as InProcess;
        return store.holds(resource) ? [`${kind} ${resource}`] : [];
      });
    });
    expect([seed, name, wrong]).toEqual([seed, name, []]);
  }
  // It tried what it is about.
  for (const count of Object.values(told)) expect(count).toBeGreaterThan(20);
});

// Lists through which the subjects of a rule are found: where none is found, it is not known that there is none.
test.each([
  ['limited', /\/privateEndpoints$/],
  ['mixed', /\/datastores$/],
  ['foreign', /Microsoft\.Storage\/storageAccounts$/],
  ['records', /\/privateDnsZones$/],
])('%s: what is found through %s is unknown', async (world, list) => {
  const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
  const before = session.report(await drain(session.scan()), 'all');
  const path = [...asked].find((one) => list.test(one)) ?? '';
  expect(path).toMatch(list);
  refuse(path);
  const after = session.report(await drain(session.scan()), 'all');
  expect(lost(before, after)).toEqual([]);
  expect(after.findings.some(({ outcome, gaps }) => outcome === 'unknown' && gaps.includes(path))).toBe(true);
});

// What a rule concludes from all networks, or from what the workspace names, is not known where one of them was refused.
test.each([
  ['hub-spoke', /\/virtualNetworks\/vnet-shared$/, {}],
  ['perimeter', /\/workspaces\/mlw-sim$/, {}],
  ['databricks', /\/virtualNetworks\/vnet-ml$/, { usesAci: undefined }],
])('%s: %s refused makes nothing well and lets nothing fail', async (world, wanted, intents) => {
  const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
  const report = (of: Snapshot) => session.report({ ...of, intents: { ...of.intents, ...intents } }, 'all');
  const before = report(await drain(session.scan()));
  const path = [...asked].find((one) => wanted.test(one)) ?? '';
  expect(path).toMatch(wanted);
  refuse(path);
  const after = report(await drain(session.scan()));
  expect(made(before, after)).toEqual([]);
});
