// The service's own diagnosis: asked on request through Microsoft's client, kept raw, laid beside the findings it speaks about.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { diagnosisReport } from '../../src/audit/diagnosis.ts';
import { audit } from '../../src/audit/index.ts';
import type { Json } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { withResources } from '../../src/model/snapshot-index.ts';
import { applyChanges } from '../../src/plan/index.ts';
import { diagnosisLines } from '../../src/render/diagnosis-text.ts';
import { diagnosisOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-diagnosis-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function open(options: Parameters<typeof openBench>[0]): Promise<Bench> {
  const bench = await openBench(options);
  benches.push(bench);
  return bench;
}
const judged = (snapshot: Snapshot, rule: string) =>
  audit(snapshot, rules).findings.filter((finding) => finding.rule === rule);
const fromService = (snapshot: Snapshot, rule: string) =>
  judged(snapshot, rule).flatMap(({ evidence }) =>
    evidence.filter(({ resource }) => resource === diagnosisOf(snapshot.workspace ?? '')),
  );

test('what the service finds is a separate finding, and evidence of the one it is about', async () => {
  const { session, simulator } = await open({ world: 'registry', scratch, clock: 'polls:2' });
  const asked: string[] = [];
  simulator.onExchange(({ method, url }) => {
    if (/\/diagnose|operation(?:Results|sStatus)/i.test(url))
      asked.push(`${method} ${/api-version=([^&]+)/.exec(url)?.[1]}`);
  });
  const plain = await drain(session.scan());
  expect(asked).toEqual([]);
  expect(judged(plain, 'workspace.diagnose')[0]).toMatchObject({ outcome: 'notApplicable' });
  expect(diagnosisReport(plain, [])).toBeUndefined();

  const snapshot = await drain(session.diagnose(plain));
  // One POST, and then looks at what it started until it is through.
  expect(asked[0]).toBe('POST 2026-05-01');
  expect(asked.slice(1).length).toBeGreaterThan(0);
  expect(asked.slice(1).filter((one) => !one.startsWith('GET '))).toEqual([]);
  expect(session.latest()).toBe(snapshot);
  const [own] = judged(snapshot, 'workspace.diagnose');
  expect(own).toMatchObject({ outcome: 'fail' });
  expect(own?.because).toContain('ImageBuildComputeNotValid');
  expect(fromService(snapshot, 'acr.image-build-compute')).toMatchObject([
    { pointer: '/value/containerRegistryResults/0', value: { code: 'ImageBuildComputeNotValid' } },
  ]);
  expect(fromService(snapshot, 'acr.shared-private-link-approved')).toEqual([]);
  const report = diagnosisReport(snapshot, audit(snapshot, rules).findings);
  expect(report?.statements.map(({ findings }) => findings.map((id) => id.split('@')[0]).toSorted())).toEqual([
    ['acr.image-build-compute', 'acr.workspace-has-cluster'],
  ]);
});

test('a refusal is a gap: the verdict is unknown, with the action that is missing', async () => {
  const { session } = await open({ world: 'registry', scratch, faults: 'POST */diagnose 1 403' });
  const snapshot = await drain(session.diagnose(await drain(session.scan())));
  const [own] = judged(snapshot, 'workspace.diagnose');
  expect(own?.outcome).toBe('unknown');
  expect(own?.gaps).toEqual([diagnosisOf(snapshot.workspace ?? '')]);
  const report = diagnosisReport(snapshot, []);
  expect(report?.refused?.action).toMatch(/^Microsoft\.MachineLearningServices\/workspaces\/diagnose\/action$/i);
  const text = diagnosisLines(report as NonNullable<typeof report>).map((words) => JSON.stringify(words));
  expect(text.join()).toContain('not available');
});

/** The snapshot as it would be had the service said this. */
function said(snapshot: Snapshot, value: Json): Snapshot {
  const id = diagnosisOf(snapshot.workspace ?? '');
  return withResources(snapshot, [{ id, type: 'diagnose', apiVersion: '2024-04-01', body: { value } }]);
}

test('an undocumented code is kept, shown, and related to what does not pass in its area', async () => {
  const { session } = await open({ world: 'limited', scratch });
  const plain = await drain(session.scan());
  const snapshot = said(plain, {
    networkSecurityRuleResults: [{ code: 'SomethingNew\u001b[31m', level: 'Error', message: 'A port is shut.' }],
    dnsResolutionResults: [{ code: 'customDNSinuse', level: 'Warning', message: 'DNS servers of your own.' }],
    somethingResults: [{ code: 'FromTheFuture', level: 'Warning' }],
  });
  expect(judged(snapshot, 'workspace.diagnose')[0]).toMatchObject({ outcome: 'fail' });
  const shown = diagnosisReport(snapshot, audit(snapshot, rules).findings);
  expect(shown?.statements.map(({ code }) => code)).toEqual([
    'SomethingNew\u001b[31m',
    'customDNSinuse',
    'FromTheFuture',
  ]);
  const lines = JSON.stringify(diagnosisLines(shown as NonNullable<typeof shown>));
  expect(lines).toContain('FromTheFuture');
  expect(lines).not.toContain('\\u001b');
  // An unknown code says nothing about what passes.
  expect(fromService(snapshot, 'nsg.outbound-storage').length).toBeGreaterThan(0);
  for (const { outcome, evidence } of audit(snapshot, rules).findings.filter(({ rule }) => rule.startsWith('nsg.'))) {
    const spoken = evidence.some(({ resource }) => resource === diagnosisOf(snapshot.workspace ?? ''));
    expect(spoken).toBe(outcome === 'fail' || outcome === 'unknown');
  }
});

test('a plan does not claim that the service would say otherwise', async () => {
  const { session } = await open({ world: 'registry', scratch });
  const snapshot = await drain(session.diagnose(await drain(session.scan())));
  const answers = { cluster: 'builder', size: 'STANDARD_DS3_V2' };
  const allowEffects = ['opens', 'costs'] as const;
  const plan = session.plan(snapshot, { targets: 'all', answers, ips: [], allowEffects, profile: 'all' });
  expect(plan.preview.resolves.some((id) => id.startsWith('acr.image-build-compute@'))).toBe(true);
  expect(plan.preview.resolves.filter((id) => id.startsWith('workspace.diagnose@'))).toEqual([]);
  const changes = plan.steps.map(({ change }) => change);
  expect(judged(applyChanges(snapshot, changes), 'workspace.diagnose')[0]?.outcome).toBe('unknown');
});
