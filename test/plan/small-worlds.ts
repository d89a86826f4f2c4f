// Small snapshots made by hand: one group with an account, a network of one subnet and a workspace, for what a plan asks of single
// resources. No world of the simulator is needed.
import type { Change, EditChange } from '../../src/model/change.ts';
import type { Edit } from '../../src/model/edit.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { locksOf } from '../../src/resource-types/index.ts';
import { resourceOf } from './worlds.ts';

export const group = '/subscriptions/s/resourceGroups/g';
const providers = `${group}/providers`;
export const account = `${providers}/Microsoft.Storage/storageAccounts/st`;
export const vault = `${providers}/Microsoft.KeyVault/vaults/kv`;
export const registry = `${providers}/Microsoft.ContainerRegistry/registries/acr`;
export const network = `${providers}/Microsoft.Network/virtualNetworks/vnet`;
export const subnet = `${network}/subnets/snet`;
export const workspace = `${providers}/Microsoft.MachineLearningServices/workspaces/mlw`;
export const locks = locksOf('s');
export const acls = '/properties/networkAcls';

export const bodies = {
  account: {
    id: account,
    name: 'st',
    properties: { networkAcls: { defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] } },
  },
  network: {
    id: network,
    name: 'vnet',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, provisioningState: 'Succeeded', subnets: [] },
  },
  subnet: {
    id: subnet,
    name: 'snet',
    properties: {
      addressPrefix: '10.0.0.0/24',
      provisioningState: 'Succeeded',
      serviceEndpoints: [{ service: 'Microsoft.Storage' }],
    },
  },
  workspace: { id: workspace, name: 'mlw', properties: { storageAccount: account, provisioningState: 'Succeeded' } },
} satisfies Record<string, JsonObject>;

export const lock = (scope: string, level: string, name = 'keep', notes?: string): JsonObject => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
  name,
  properties: { level, ...(notes === undefined ? {} : { notes }) },
});

export function snapshotOf(all: readonly JsonObject[], more: Partial<Snapshot> = {}): Snapshot {
  const resources: readonly Resource[] = all.map(resourceOf);
  const isLock = ({ type }: Resource): boolean => type === 'Microsoft.Authorization/locks';
  return {
    ...{
      schema: 'bastide/snapshot/v1',
      id: 'snap',
      takenAt: '2026-01-02T03:04:05.000Z',
      source: { kind: 'demo', name: 'demo:x' },
    },
    ...{ workspace, identity: null, requests: 0, resources, gaps: [], intents: { devClientIps: [] } },
    collections: [{ id: locks, members: resources.filter(isLock).map(({ id }) => id) }],
    permissions: [{ scope: group, actions: ['*'], notActions: [] }],
    ...more,
  };
}
export const plain = (more: Partial<Snapshot> = {}): Snapshot => snapshotOf(Object.values(bodies), more);

export const edit = (resource: string, ...edits: Edit[]): EditChange => ({ kind: 'edit', resource, edits, body: null });
export const created = (resource: string, body: JsonObject): Change => ({ kind: 'create', resource, edits: [], body });
export const deleted = (resource: string, body: JsonObject): Change => ({ kind: 'delete', resource, edits: [], body });
/** Absent values are members that are not there. */
export const set = (pointer: string, before: Json | undefined, after: Json | undefined): Edit => ({
  ...{ op: 'set' as const, pointer },
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
const byValue = { member: 'value', fold: false };
const byId = { member: 'id', fold: true };
export const addIp = (value: string): Edit => ({
  op: 'add',
  pointer: `${acls}/ipRules`,
  after: { value },
  key: byValue,
});
export const removeIp = (value: string): Edit => ({
  op: 'remove',
  pointer: `${acls}/ipRules`,
  before: { value },
  key: byValue,
});
export const addSubnet = (id = subnet, more: JsonObject = {}): Edit => ({
  ...{ op: 'add' as const, pointer: `${acls}/virtualNetworkRules`, after: { id, ...more }, key: byId },
});
export const closing = set(`${acls}/defaultAction`, 'Allow', 'Deny');

export const step = (change: Change, more: Partial<Step> = {}): Step => ({
  ...{ change, phase: 2, findings: [], needs: [], az: 'az x', risk: '', undo: 'exact', does: '', effects: [] },
  ...more,
});
export const planOf = (steps: readonly Step[], more: Partial<Plan> = {}): Plan => ({
  ...{
    id: 'p',
    snapshot: 'snap',
    source: { kind: 'demo', name: 'demo:x' },
    workspace,
    architecture: 'service-endpoint',
  },
  ...{ verb: 'fix', of: null, steps, gates: [], skipped: [], irreversible: [], effects: [] },
  preview: { resolves: [], introduces: [] },
  ...more,
});
