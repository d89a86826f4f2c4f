// A fleet audit over a tenant in this process, and what it is compared with: an audit of each workspace by itself.
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openFleetStore } from '../../src/history/fleet-store.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { FleetReport, FleetStage } from '../../src/model/fleet.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { auditFleet } from '../../src/session/fleet/fleet.ts';
import { reporter } from '../../src/session/report.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { tagSource } from '../../src/session/service-tags.ts';
import type { ArmInProcess } from './in-process.ts';

const now = () => new Date('2026-11-28T12:00:00Z');
const { report } = reporter({ rules, now });

/** Findings by their id. */
export type Outcomes = ReadonlyMap<string, Finding>;
const byId = (findings: readonly Finding[]): Outcomes => new Map(findings.map((one) => [one.id, one]));

export interface FleetRun {
  /** Where it keeps what it has read. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Another client around the client. */
  through?(arm: ArmClient): ArmClient;
}

export interface FleetOutcomes {
  /** By the id of the workspace, as its last stage has it. */
  readonly found: ReadonlyMap<string, Outcomes>;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly result: FleetReport;
}

export async function fleetIn(tenant: ArmInProcess, stage: FleetStage, run: FleetRun): Promise<FleetOutcomes> {
  const arm = run.through?.(tenant.arm) ?? tenant.arm;
  const found = new Map<string, Outcomes>();
  const snapshots = new Map<string, Snapshot>();
  const { folder } = run;
  const result = await auditFleet(
    {
      ...{ arm, rules, now, say: () => {}, tags: tagSource({}) },
      intents: () => ({ get: async () => tenant.intents }),
      report: (snapshot, profile) => {
        const checked = report(snapshot, profile);
        found.set(snapshot.workspace ?? '', byId(checked.findings));
        snapshots.set(snapshot.workspace ?? '', snapshot);
        return checked;
      },
      store: (_key, restart) => openFleetStore({ folder, key: `stage-${stage}`, pid: process.pid, now, restart }),
      ...(run.signal ? { signal: run.signal } : {}),
    },
    { subscriptions: [], stage, profile: 'all' },
  );
  return { found, snapshots, result };
}

export async function auditIn({ arm, intents }: ArmInProcess, workspace: string): Promise<Outcomes> {
  const options = { intents, id: 'audit', now, tags: tagSource({}), progress: () => {} };
  return byId(report(await scanWorkspace({ arm, workspace, ...options }), 'all').findings);
}

/** What a stage answers otherwise than the audit. What either could not read is no answer, and stage 1 may see fewer subjects. */
export function contradictions(own: Outcomes, whole: Outcomes, stage: FleetStage): string[] {
  const apart = [...own.values()].flatMap((one) => {
    const other = whole.get(one.id)?.outcome;
    const isSame = one.outcome === other || [one.outcome, other].includes('unknown');
    // A subject that only one of them has says nothing of weight unless it fails or passes.
    const isNone = other === undefined && one.outcome === 'notApplicable';
    return isSame || isNone ? [] : [`${one.id} is ${one.outcome}, in the audit ${other}`];
  });
  const unseen = stage === 1 ? [] : [...whole.values()].filter(({ id, outcome }) => outcome === 'fail' && !own.has(id));
  return [...apart, ...unseen.map(({ id }) => `${id} fails in the audit, and is not looked at`)];
}

/** What leaves checks unknown at stage 2 that an audit decides; nothing else may. */
export const neverRead: ReadonlySet<string> = new Set([
  'Microsoft.Authorization/locks/read',
  'Microsoft.Authorization/policyAssignments/read',
  'Microsoft.Compute/virtualMachines/instanceView/read',
  'Microsoft.ContainerRegistry/registries/read networkRuleBypassAllowedForTasks',
  'Microsoft.ContainerRegistry/registries/read virtualNetworkRules',
  'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings/read',
  'Microsoft.MachineLearningServices/locations/vmSizes/read',
  'Microsoft.Network/locations/usages/read',
  'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action',
  'of a perimeter',
  'not shown',
  'permissions',
  'zone groups',
]);
const members = /\/(networkRuleBypassAllowedForTasks|virtualNetworkRules|ipAllowlist|systemDatastoresAuthMode)$/;

function readOf(gap: ReadFailure): string {
  if (gap.code === 'NotShown') return 'not shown';
  if (gap.reason.includes('perimeter')) return 'of a perimeter';
  const [, member] = members.exec(gap.id) ?? [];
  return member === undefined ? gap.action : `${gap.action} ${member}`;
}

/** The reads, or their lack, for which stage 2 does not know what the audit of a workspace decides. */
export function leftUnknown({ found, snapshots }: FleetOutcomes, workspace: string, whole: Outcomes): string[] {
  const gaps = new Map(snapshots.get(workspace)?.gaps.map((gap) => [fold(gap.id), gap]));
  const unknown = [...(found.get(workspace)?.values() ?? [])].filter(
    ({ id, outcome }) => outcome === 'unknown' && ['pass', 'fail'].includes(whole.get(id)?.outcome ?? ''),
  );
  const reads = unknown.flatMap(({ because, rule, gaps: ids }) => {
    // What the caller may do is no resource, and which zones endpoints use is not one read.
    if (because.includes('the zone groups of private endpoints')) return ['zone groups'];
    if (ids.length === 0) return [rule === 'compute.caller-can-join' ? 'permissions' : `${rule}: ${because}`];
    return ids.map((id) => {
      const gap = gaps.get(fold(id));
      return gap === undefined ? `${rule}: ${id}` : readOf(gap);
    });
  });
  return [...new Set(reads)].filter((read) => !neverRead.has(read));
}
