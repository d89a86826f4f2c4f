// Nothing changes between two scans but that one read of the newer one is refused: then nothing is resolved, closed, gone or deleted, and
// the other way round nothing is created.
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { diffAudits } from '../../src/model/audit-diff.ts';
import { auditRecord, auditTrend } from '../../src/model/audit-record.ts';
import { compareReports } from '../../src/model/compare.ts';
import { lastRunOf, sinceThen } from '../../src/model/last-run.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { compareSnapshots } from '../../src/model/snapshot-changes.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, simulated } from '../support/in-process.ts';
import { trustSeed } from '../support/trust-size.ts';

const isFull = process.env.TRUST_SIZE === 'full';
/** So many reads are refused in each world; all of them in the long run. */
const each = isFull ? Number.POSITIVE_INFINITY : 3;
/** Of a fleet one workspace cannot be chosen by name alone. */
const worlds = worldFiles
  .map(({ name }) => name)
  .filter((name) => !/fleet|large|huge/.test(name))
  .filter((name, at) => isFull || name === 'limited' || (at + trustSeed) % 6 === 0);

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

describe.each(worlds)('%s', (world) => {
  test('a refused read resolves and deletes nothing', async () => {
    const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
    const before = await drain(session.scan());
    const report = (of: Snapshot) => session.report(of, 'all');
    for (const path of some([...asked])) {
      refuse(path);
      const after = await drain(session.scan()).catch(() => null);
      // The workspace itself: there is no scan at all.
      if (after === null) continue;
      expect([path, claims(before, after, report)]).toEqual([path, nothing]);
    }
  });
});
