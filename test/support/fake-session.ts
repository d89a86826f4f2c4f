// A session without Azure for tests of the screen: one workspace whose faults can really be fixed and undone, in memory,
// with events in between. It depends on the model only, so it says nothing about the engine.

import type { Assumptions } from '../../src/model/assumption.ts';
import type { Change } from '../../src/model/change.ts';
import { editChange, invertChange } from '../../src/model/change.ts';
import { applyEdit, setMember } from '../../src/model/edit.ts';
import { type Entry, restOf } from '../../src/model/entry.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Finding, Report, Severity } from '../../src/model/finding.ts';
import { findingId } from '../../src/model/finding.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { sameJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Problem, ProblemReport } from '../../src/model/problem.ts';
import { readingOf } from '../../src/model/reading.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { ReadFailure, Snapshot, TagsSeen } from '../../src/model/snapshot.ts';
import type { WhatIf } from '../../src/model/what-if.ts';
import { countsOf } from '../../src/session/apply.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';

const group = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-ml/providers';
export const ids = {
  workspace: `${group}/Microsoft.MachineLearningServices/workspaces/mlw-sim`,
  compute: `${group}/Microsoft.MachineLearningServices/workspaces/mlw-sim/computes/cpu-cluster`,
  datastore: `${group}/Microsoft.MachineLearningServices/workspaces/mlw-sim/datastores/workspaceblobstore`,
  storage: `${group}/Microsoft.Storage/storageAccounts/stmlsim`,
  lake: `${group}/Microsoft.Storage/storageAccounts/stlakesim`,
  vault: `${group}/Microsoft.KeyVault/vaults/kv-mlsim`,
  network: `${group}/Microsoft.Network/virtualNetworks/vnet-ml`,
  subnet: `${group}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`,
  lock: `${group}/Microsoft.Storage/storageAccounts/stlakesim/providers/Microsoft.Authorization/locks/keep`,
};

const one = (id: string, type: string, properties: JsonObject): Resource => ({
  id,
  type,
  apiVersion: '2024-01-01',
  body: { id, name: id.split('/').at(-1) ?? '', location: 'westeurope', properties },
});

const start: readonly Resource[] = [
  one(ids.workspace, 'Microsoft.MachineLearningServices/workspaces', { publicNetworkAccess: 'Enabled' }),
  one(ids.compute, 'Microsoft.MachineLearningServices/workspaces/computes', { computeType: 'AmlCompute' }),
  one(ids.datastore, 'Microsoft.MachineLearningServices/workspaces/datastores', { datastoreType: 'AzureBlob' }),
  one(ids.storage, 'Microsoft.Storage/storageAccounts', {
    networkAcls: { bypass: 'None', defaultAction: 'Allow', ipRules: [] },
  }),
  one(ids.lake, 'Microsoft.Storage/storageAccounts', {
    isHnsEnabled: true,
    networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [] },
  }),
  one(ids.vault, 'Microsoft.KeyVault/vaults', { networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' } }),
  one(ids.network, 'Microsoft.Network/virtualNetworks', { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } }),
  one(ids.subnet, 'Microsoft.Network/virtualNetworks/subnets', { addressPrefix: '10.0.1.0/24' }),
  one(ids.lock, 'Microsoft.Authorization/locks', { level: 'CanNotDelete' }),
];

interface Judged {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly on: string;
  readonly pointer: string;
  readonly wanted: Json;
  readonly fix: 'auto' | 'none';
}
const judged: readonly Judged[] = [
  ...[ids.storage, ids.lake].map(
    (on): Judged => ({
      rule: 'storage.default-deny',
      title: 'The storage firewall admits every network',
      severity: 'critical',
      on,
      pointer: '/properties/networkAcls/defaultAction',
      wanted: 'Deny',
      fix: 'auto',
    }),
  ),
  {
    rule: 'storage.trusted-services',
    title: 'Trusted Microsoft services cannot reach the storage account',
    severity: 'high',
    on: ids.storage,
    pointer: '/properties/networkAcls/bypass',
    wanted: 'AzureServices',
    fix: 'auto',
  },
  {
    rule: 'keyvault.default-deny',
    title: 'The vault firewall admits every network',
    severity: 'critical',
    on: ids.vault,
    pointer: '/properties/networkAcls/defaultAction',
    wanted: 'Deny',
    fix: 'auto',
  },
  {
    rule: 'workspace.public-access',
    title: 'The workspace can be reached from the internet',
    severity: 'medium',
    on: ids.workspace,
    pointer: '/properties/publicNetworkAccess',
    wanted: 'Disabled',
    fix: 'none',
  },
];

export interface FakeOptions {
  readonly readOnly?: boolean;
  readonly serviceTags?: TagsSeen;
  readonly gaps?: readonly ReadFailure[];
  /** Thrown by the first scans, in order; then scanning works. */
  readonly failures?: readonly Failure[];
  /** Waited for before each step of an apply and each part of a scan. */
  readonly pace?: () => Promise<void>;
  /** Said by a scan. */
  readonly settled?: string;
  /** More resources, for long lists. */
  readonly extra?: readonly Resource[];
  readonly now?: () => Date;
}

export function fakeSession(options: FakeOptions = {}): Session & { readonly resources: () => readonly Resource[] } {
  const now = options.now ?? (() => new Date('2026-03-01T12:00:00Z'));
  const pace = options.pace ?? (async () => undefined);
  const failures = [...(options.failures ?? [])];
  let resources: readonly Resource[] = [...start, ...(options.extra ?? [])];
  let latest: Snapshot | undefined;
  let entries: readonly Entry[] = [];
  let count = 0;
  const source = { kind: 'demo', name: 'demo:fake' } as const;
  let intents: Assumptions = {};

  const take = (): Snapshot => {
    count += 1;
    return {
      schema: 'bastide/snapshot/v1',
      id: `snapshot-${count}`,
      takenAt: now().toISOString(),
      source,
      workspace: ids.workspace,
      identity: { name: 'operator@example.com', how: 'fake' },
      requests: 12,
      resources,
      collections: [],
      permissions: [],
      gaps: options.gaps ?? [],
      intents,
      ...(options.serviceTags ? { serviceTags: options.serviceTags } : {}),
    };
  };
  const find = (id: string) => resources.find((resource) => sameId(resource.id, id));

  const planOf = (
    verb: Plan['verb'],
    of: string | null,
    changes: readonly Change[],
    findings: readonly string[],
  ): Plan => ({
    id: `plan-${verb}-${count}`,
    snapshot: latest?.id ?? '',
    source,
    workspace: ids.workspace,
    architecture: 'service-endpoint',
    verb,
    of,
    steps: changes.map((change) => ({
      change,
      phase: 5,
      findings,
      needs: [],
      az: `az resource update --ids ${change.resource}`,
      risk: 'Clients outside the virtual network lose access.',
      undo: 'exact',
      does: '',
      effects: [],
    })),
    gates: [{ kind: 'lock', outcome: 'pass', detail: 'No lock forbids the write.' }],
    skipped: [],
    preview: verb === 'undo' ? { resolves: [], introduces: findings } : { resolves: findings, introduces: [] },
    irreversible: [],
    effects: [],
  });

  const reverse = (entry: Entry, verb: 'undo' | 'redo'): Plan => {
    const changes = entry.steps.map((step) => (verb === 'undo' ? invertChange(step.change) : step.change));
    return planOf(verb, entry.id, verb === 'undo' ? changes.reverse() : changes, entry.findings);
  };
  const nothing = () =>
    new Failure('nothing-to-undo', exitStatus.notSent, 'There is nothing to undo.', 'See the history.');

  return {
    source,
    readOnly: options.readOnly ?? false,
    resources: () => resources,
    identity: async () => ({ name: 'operator@example.com', how: 'fake' }),
    workspace: async () => ids.workspace,
    async *scan(): AsyncGenerator<SessionEvent, Snapshot> {
      for (const [done, resource] of resources.slice(0, 3).entries()) {
        yield { kind: 'progress', stage: 'scan', done, total: 3, detail: resource.id };
        await pace();
      }
      const failure = failures.shift();
      if (failure) throw failure;
      if (options.settled) yield { kind: 'settled', entry: 'entry-0', resource: ids.storage, detail: options.settled };
      latest = take();
      return latest;
    },
    // biome-ignore lint/correctness/useYield: there is nothing to say on the way.
    async *look(snapshot): AsyncGenerator<SessionEvent, Snapshot> {
      return snapshot;
    },
    // biome-ignore lint/correctness/useYield: there are none
    async *named(snapshot): AsyncGenerator<SessionEvent, Snapshot> {
      return snapshot;
    },
    async *live(snapshot): AsyncGenerator<SessionEvent, Snapshot> {
      yield { kind: 'asking', questions: 2, detail: 'Azure is asked 2 questions.' };
      await pace();
      const nowhere = [{ subnet: ids.subnet, reason: 'No machine runs in snet-train: vm-idle is deallocated.' }];
      latest = { ...snapshot, live: { questions: 2, cards: [], nowhere } };
      return latest;
    },
    async *diagnose(snapshot): AsyncGenerator<SessionEvent, Snapshot> {
      yield { kind: 'asking', questions: 1, detail: 'The service is asked.' };
      await pace();
      const id = `${snapshot.workspace ?? ''}/diagnose`;
      const answer = { id, type: 'Test.Diagnosis/answers', apiVersion: '2024-04-01', body: { value: {} } };
      latest = { ...snapshot, resources: [...snapshot.resources, answer] };
      return latest;
    },
    // biome-ignore lint/correctness/useYield: there are none
    async *changeRecords() {
      return { records: [], unread: 'The fake session has no change records.' };
    },
    drift: ({ now: { workspace, takenAt }, since, diff: { opened, closed } }) => {
      return { workspace, since, until: takenAt, notes: [], changes: [], opened, closed };
    },
    latest: () => latest,
    report: problemReportOf,
    judged: reportOf,
    byEveryRule: (snapshot) => reportOf(snapshot, 'all'),
    review: (_snapshot, plan) => plan,
    *without(_snapshot, plan, out) {
      const steps = plan.steps.filter((_step, index) => !out.includes(index));
      const resolves = plan.preview.resolves.filter((id) => steps.some(({ findings }) => findings.includes(id)));
      return { plan: { ...plan, steps, preview: { ...plan.preview, resolves } }, along: [] };
    },
    *selectable(_snapshot, plan) {
      return { plan, whole: plan, first: plan, out: [], needs: plan.steps.map(() => []) };
    },
    *planInSteps(snapshot, request) {
      yield;
      return this.plan(snapshot, request);
    },
    *offer(snapshot, request) {
      const plan = this.plan(snapshot, request);
      return { plan, whole: plan, first: plan, out: [], needs: plan.steps.map(() => []) };
    },
    checkRequest: () => ({ refused: [], unused: [], idle: [] }),
    map: () => ({ networks: [], targets: [], outside: [], unread: null }),
    plan(snapshot, request) {
      const wanted = reportOf(snapshot, request.profile).findings.filter(
        (finding) =>
          finding.outcome === 'fail' &&
          finding.fix.kind === 'auto' &&
          (request.targets === 'all' || request.targets.includes(finding.id) || request.targets.includes(finding.rule)),
      );
      const changes = wanted.flatMap((finding) => {
        const rule = judged.find(
          (candidate) => candidate.rule === finding.rule && sameId(candidate.on, finding.resource),
        );
        const resource = find(finding.resource);
        return rule && resource ? [editChange(resource.id, [setMember(resource.body, rule.pointer, rule.wanted)])] : [];
      });
      return planOf(
        'fix',
        null,
        changes,
        wanted.map((finding) => finding.id),
      );
    },
    planCreation: (_snapshot, { change }) => planOf('fix', null, [change], []),
    async *whatIf(snapshot, plan): AsyncGenerator<SessionEvent, WhatIf> {
      for (const [done, { change }] of plan.steps.entries()) {
        yield { kind: 'progress', stage: 'rehearse', done, total: plan.steps.length, detail: change.resource };
        await pace();
      }
      return {
        at: now().toISOString(),
        snapshot: snapshot.id,
        outcome: 'done',
        steps: plan.steps.map(({ change }) => ({
          resource: change.resource,
          state: 'done',
          refusal: null,
          message: null,
          unread: [],
        })),
        resolves: plan.preview.resolves,
        introduces: plan.preview.introduces,
        persists: [],
        unknown: [],
        differences: [],
        limits: [],
      };
    },
    async *apply(plan, { line, signal }): AsyncGenerator<SessionEvent, ApplyResult> {
      const done: Change[] = [];
      for (const [index, { change }] of plan.steps.entries()) {
        if (signal?.aborted) break;
        for (const state of ['intended', 'sent', 'running'] as const) {
          yield { kind: 'step', index, total: plan.steps.length, resource: change.resource, state, detail: '' };
          await pace();
        }
        resources = resources.map((resource) =>
          sameId(resource.id, change.resource)
            ? {
                ...resource,
                body: change.edits.reduce<Json>((body, edit) => applyEdit(body, edit), resource.body) as JsonObject,
              }
            : resource,
        );
        done.push(change);
        yield {
          kind: 'step',
          index,
          total: plan.steps.length,
          resource: change.resource,
          state: 'verified',
          detail: '',
        };
      }
      latest = take();
      const whole = done.length === plan.steps.length;
      const before = entries.find(({ id }) => id === plan.resumes);
      const made = entryOf(before?.id ?? `entry-${entries.length + 1}`, plan, done, line, whole);
      const kept = before?.steps.filter(({ state }) => state === 'done') ?? [];
      const entry = before === undefined ? made : { ...before, state: made.state, steps: [...kept, ...made.steps] };
      const changed = (other: Entry): Entry => {
        if (plan.verb === 'undo' && other.id === plan.of) return { ...other, undoneBy: entry.id };
        return plan.verb === 'redo' && other.id === plan.of ? { ...other, undoneBy: null } : other;
      };
      entries = [...entries.filter(({ id }) => id !== entry.id).map(changed), entry];
      const failing = new Set(
        reportOf(latest, 'all')
          .findings.filter((one) => one.outcome === 'fail')
          .map((one) => one.id),
      );
      return {
        entry: entry.id,
        state: entry.state,
        steps: done.map((change) => ({ resource: change.resource, state: 'done', requestId: null, message: null })),
        verified: {
          resolved: entry.findings.filter((id) => !failing.has(id)),
          persisting: entry.findings.filter((id) => failing.has(id)),
          unknown: [],
          introduced: [],
          notApplicable: [],
        },
        skipped: [],
        ended: null,
        vanished: [],
        remaining: restOf(entry).length,
        counts: countsOf(entry, { sent: done.length, before: 0 }),
      };
    },
    async planUndo() {
      const entry = entries.findLast((one) => one.verb === 'fix' && one.undoneBy === null);
      if (!entry) throw nothing();
      return reverse(entry, 'undo');
    },
    planRestore: () => Promise.reject(nothing()),
    async planResume() {
      const entry = entries.at(-1);
      const rest = entry === undefined ? [] : restOf(entry).map(({ change }) => change);
      return entry === undefined || rest.length === 0
        ? null
        : { ...planOf(entry.verb === 'unknown' ? 'fix' : entry.verb, null, rest, entry.findings), resumes: entry.id };
    },
    async planUndoTo(id) {
      const standing = entries.filter((one) => one.verb === 'fix' && one.undoneBy === null).toReversed();
      const [first, ...rest] = standing.slice(0, standing.findIndex((one) => one.id === id) + 1);
      if (!first) throw nothing();
      return [reverse(first, 'undo'), ...rest.map((entry) => reverse(entry, 'undo'))];
    },
    async planRedo() {
      const entry = entries.findLast((one) => one.verb === 'fix' && one.undoneBy !== null);
      if (!entry) throw nothing();
      return reverse(entry, 'redo');
    },
    history: async () => entries,
    historyNotes: async () => [],
    // biome-ignore lint/correctness/useYield: nothing is open.
    async *recover(): AsyncGenerator<SessionEvent, readonly Entry[]> {
      return [];
    },
    intents: async () => intents,
    async setIntents(change) {
      const given = Object.entries({ ...intents, ...change }).filter(([, value]) => value !== undefined);
      intents = Object.fromEntries(given) as Assumptions;
      return intents;
    },
    onEvent: () => () => undefined,
    close: async () => undefined,
  };

  function entryOf(id: string, plan: Plan, done: readonly Change[], line: string, whole: boolean): Entry {
    return {
      id,
      at: now().toISOString(),
      by: 'operator@example.com',
      verb: plan.verb,
      findings: [...new Set(plan.steps.flatMap((step) => step.findings))],
      resources: plan.steps.map((step) => step.change.resource),
      steps: plan.steps.map(({ change }) => ({
        resource: change.resource,
        change,
        findings: [],
        state: done.includes(change) ? 'done' : 'waiting',
        verified: done.includes(change),
        requestId: null,
        operation: null,
        message: null,
        before: null,
        after: null,
      })),
      state: whole ? 'done' : done.length > 0 ? 'partial' : 'failed',
      undoes: plan.verb === 'undo' ? plan.of : null,
      undoneBy: null,
      redoes: plan.verb === 'redo' ? plan.of : null,
      line,
      workspace: ids.workspace,
      rehearsal: plan.rehearsal ?? null,
    };
  }
}

/** One problem for each resource and kind of fix. The same report for the same snapshot, as a session gives it. */
function problemReportOf(snapshot: Snapshot, profile: Report['profile']): ProblemReport {
  const report = reportOf(snapshot, profile);
  const groups = Map.groupBy(
    report.findings.filter(({ outcome }) => outcome === 'fail'),
    ({ resource, fix }) => `${fix.kind === 'auto' ? 'fix' : 'manual'}:${resource.toLowerCase()}`,
  );
  const problems = [...groups].map(([id, findings]): Problem => {
    const [first] = findings as [Finding, ...Finding[]];
    const isFix = id.startsWith('fix:');
    const own = findings.map((one) => one.id);
    return {
      ...{ id, resource: first.resource, severity: first.severity, kind: isFix ? 'fix' : 'manual', findings: own },
      headline: `${nameOf(first.resource)}: ${first.problem}`,
      ...{ rollUps: [], question: null, because: first.because, effects: [], gates: [], blockedBy: [], accepted: null },
      changes: isFix ? [{ resource: first.resource, does: 'default action Allow → Deny' }] : [],
      otherChanges: [],
      resolves: isFix ? own : [],
    };
  });
  return { ...report, problems };
}

function reportOf(snapshot: Snapshot, profile: Report['profile']): Report {
  const findings = judged.map((rule): Finding => {
    const body = snapshot.resources.find((resource) => sameId(resource.id, rule.on))?.body;
    const value = valueAt(body, rule.pointer) ?? null;
    const passes = sameJson(value, rule.wanted);
    return {
      id: findingId(rule.rule, rule.on),
      rule: rule.rule,
      title: rule.title,
      problem: rule.title,
      severity: rule.severity,
      profiles: ['article-2020', 'current'],
      outcome: passes ? 'pass' : 'fail',
      resource: rule.on,
      where: null,
      because: `${rule.pointer} is ${JSON.stringify(value)}.`,
      evidence: [{ resource: rule.on, pointer: rule.pointer, value, note: 'as Azure has it' }],
      fix: { kind: rule.fix, undo: 'exact' },
      gaps: [],
    };
  });
  const failing = findings.filter((finding) => finding.outcome === 'fail');
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of failing) bySeverity[finding.severity] += 1;
  return {
    snapshot: snapshot.id,
    architecture: { answer: 'service-endpoint', votes: [], by: 'default' },
    profile,
    reading: readingOf(snapshot),
    rules: [...new Set(findings.map((finding) => finding.rule))],
    summary: {
      pass: findings.length - failing.length,
      fail: failing.length,
      unknown: 0,
      notApplicable: 0,
      bySeverity,
      rollUps: 0,
      accepted: 0,
    },
    findings,
  };
}
