// The fixes of the rules, without a simulator: a fix resolves the finding, can be undone exactly, and where there is
// none a sentence says why. The law of rules holds the same through the simulator.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { invertChange } from '../../src/model/change.ts';
import type { Finding } from '../../src/model/finding.ts';
import { findingId } from '../../src/model/finding.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { applyChanges } from '../../src/plan/simulate.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers, Proposal } from '../../src/rules/rule.ts';
import { ids, type Loose, type Scene, snapshotOf, withEndpoint } from '../support/snapshot.ts';
import { samples, subjectOf } from './samples.ts';

function proposed(snapshot: Snapshot, id: string, answers: Answers = {}): readonly Proposal[] | string {
  const finding = audit(snapshot, rules).findings.find((one) => one.id === id);
  const rule = rules.find((one) => one.id === finding?.rule);
  if (!finding || !rule?.fix) throw new Error(`${id} is no finding with a fix`);
  return rule.fix(finding, { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault: false }, answers);
}
/** In the order a plan would send them. */
const changesOf = (proposals: readonly Proposal[]) =>
  proposals.toSorted((a, b) => a.phase - b.phase).map(({ change }) => change);
const done = (snapshot: Snapshot, id: string, answers: Answers = {}): Snapshot => {
  const made = proposed(snapshot, id, answers);
  if (typeof made === 'string') throw new Error(made);
  return applyChanges(snapshot, changesOf(made));
};
const bodiesOf = (snapshot: Snapshot) => snapshot.resources.map(({ id, body }) => `${id} ${stringifyJson(body)}`);
/** In the order of ids: what is deleted and created anew is elsewhere. */
const normalOf = (snapshot: Snapshot) =>
  snapshot.resources
    .map(({ id, type, body }) => `${id} ${stringifyJson(resourceTypeOf(type).normal(body))}`)
    .toSorted();
const outcomes = (snapshot: Snapshot): Map<string, Finding> =>
  new Map(audit(snapshot, rules).findings.map((finding) => [finding.id, finding]));

const answersOf: Readonly<Record<string, Answers>> = {
  'aks.scoring-inbound': { from: 'Internet', public: 'yes', http: 'yes' },
  'storage.public-network-access': { way: 'open' },
  'keyvault.public-network-access': { way: 'open' },
  'acr.public-endpoint-kept': { way: 'open' },
  'workspace.managed-network-provisioned': { provision: 'yes' },
  'storage.same-vnet-as-compute': { way: 'admit' },
  'storage.adls2-compute-same-vnet': { way: 'admit' },
  'storage.studio-colocation': { way: 'admit' },
  'workspace.managed-network-mode': { mode: 'allowonlyapprovedoutbound' },
  'workspace.private-endpoint': { subnet: 'vnet-ml/snet-pe' },
  'storage.private-endpoints': { subnet: 'vnet-ml/snet-pe' },
  'keyvault.private-endpoint': { subnet: 'vnet-ml/snet-pe' },
  'acr.sku-premium': { sku: 'Premium' },
  'acr.default-action-deny': { sku: 'premium' },
  'acr.vnet-rule-compute-subnet': { sku: 'Premium' },
  'acr.private-endpoint': { sku: 'Premium', subnet: 'vnet-ml/snet-pe' },
  'acr.build-cluster-same-subnet': { way: 'admit' },
  'acr.shared-private-link': { link: 'Acr' },
  'acr.workspace-has-cluster': { cluster: 'builder', size: 'STANDARD_DS3_V2' },
  'databricks.default-subnet': { prefix: '10.1.3.0/24' },
  'compute.npip-private-endpoint': { subnet: 'vnet-ml/snet-pe' },
  'compute.locks': { lock: 'guard' },
  'compute.placed-in-vnet': { subnet: 'vnet-ml/snet-second', delete: 'yes' },
  'compute.ssh-public-access': { subnet: 'vnet-ml/snet-second', delete: 'yes' },
  'compute.no-public-ip': { subnet: 'vnet-ml/snet-second', delete: 'yes' },
  'dns.endpoint-collision': { keep: 'pe-stmlsim-blob' },
  'aks.storage-same-vnet': { subnet: 'vnet-ml/snet-pe' },
  'aks.dependencies-same-vnet': { subnet: 'vnet-ml/snet-pe' },
};
/** Where the answer depends on the existing resources. */
const answersFor: Readonly<Record<string, Answers>> = {
  'storage.perimeter-override enforced without an access rule': { way: 'rule' },
  'storage.perimeter-override declared enforced, a rule for another subscription': { way: 'rule' },
  'keyvault.perimeter-override enforced without an access rule': { way: 'rule' },
  'acr.endpoint-kinds-exclusive a subnet rule and an endpoint': { drop: 'endpoints' },
  'acr.shared-private-link a link to another registry': { link: 'Own' },
  'acr.endpoint-kinds-exclusive P, a subnet rule and an endpoint': { drop: 'rules' },
  'vm.ssh-inbound-azureml no group, and a Standard address': { group: 'make' },
};
/** Failing samples for which there is no fix, and what the sentence must say. */
const noFix: Readonly<Record<string, RegExp>> = {
  'compute.endpoint-path a network that nothing connects': /Peer vnet-ml and vnet-far on both sides/,
  'compute.endpoint-path a hub that was read and has no route': /Peer vnet-ml and vnet-far on both sides/,
  'compute.endpoint-path spokes that are not': /Peer vnet-ml and vnet-far on both sides/,
  'compute.endpoint-path a mesh of regions, and another region': /Peer vnet-ml and vnet-far on both sides/,
  'compute.endpoint-path a peering that is cut off': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a peering for IPv6 only': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a firewall beyond which nothing leads there': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a firewall that denies it':
    /Allow vnet-ml\/snet-train to reach vnet-far\/snet-far on TCP 443 there/,
  'workspace.studio-blocked-by-secured-storage closed, no identity': /az ml workspace update/,
  'workspace.studio-blocked-by-secured-storage closed, identity None': /az ml workspace update/,
  'workspace.ip-allowlist 201 entries': /201 valid entries; the limit is 200/,
  'storage.dev-client-ip a private address': /private/,
  'storage.dev-client-ip an IPv6 address': /IPv6/,
  'storage.studio-colocation P, the workspace endpoint in another network':
    /Pass --answer subnet=VNET\/NAME, one of vnet-far\/snet-far \(\d+ free\)\./,
  'firewall.current-rules what is inherited denies': /^no\/no of inherited comes before any rule/,
  'compute.placed-in-vnet nothing to train on': /bastide create cluster/,
  'compute.no-public-ip S, in none, true':
    /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.no-public-ip P, unsaid': /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.no-public-ip P, null': /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.npip-private-endpoint an endpoint in a network that is no peer':
    /Pass --answer subnet=VNET\/NAME, one of vnet-far\/snet-far/,
  'keyvault.public-network-access Disabled, rules hidden, no endpoint': /are not edited/,
  'acr.image-build-compute no nodes': /needs a provisioned CPU cluster/,
  'acr.image-build-compute an instance': /needs a provisioned CPU cluster/,
  'acr.image-build-compute a cluster that failed': /needs a provisioned CPU cluster/,
  'compute.explicit-outbound a route that drops everything': /take precedence over a NAT gateway/,
  'compute.explicit-outbound an appliance that no peering leads to': /take precedence over a NAT gateway/,
  'compute.explicit-outbound an appliance behind a peering that is cut off': /take precedence over a NAT gateway/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes share the group': /snet-aks holds AKS nodes/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes of a cluster that is not attached share the group':
    /snet-second holds AKS nodes.*disconnects the cluster/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes that may not be read may share the group':
    /snet-aks shares the group and may hold nodes of .*aks-serve/,
  'nsg.inbound-azureml-44224 allowed, and a network manager denies it': /Change it in Virtual Network Manager/,
  'nsg.inbound-azureml-44224 no security group, and a network manager denies it': /no network security group/,
  'storage.perimeter-override secured, and in no perimeter': /in no perimeter/,
  'keyvault.perimeter-override secured, and in no perimeter': /in no perimeter/,
  'storage.perimeter-override Learning, SMB mounts of an instance': /No access rule allows SMB/,
  'storage.default-action-deny closed, Learning, an access rule for half of the Internet': /Narrow the access rules/,
  'storage.default-action-deny enforced, an access rule for a /8': /Narrow the access rules/,
  'storage.dev-client-ip enforced: its IP rule is overruled': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced: its rule is overruled': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced, service endpoint': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced, another address is allowed': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet secured, and in no perimeter': /overrules the network rules/,
  'keyvault.vnet-rule-compute-subnet enforced: its rule is overruled': /overrules the network rules/,
  'storage.bypass-azure-services enforced': /overrules the network rules/,
  'storage.bypass-azure-services secured, and in no perimeter': /overrules the network rules/,
  'storage.shared-key-access keys are refused, and a datastore of yours uses a SAS token': /changed by hand/,
  'storage.shared-key-access keys are refused, the mode is Identity, and a datastore of yours uses one':
    /credentials of own are changed by hand/,
  'workspace.managed-network-provisioned version 2, a rule Failed': /has version 2: add its rules .* anew/,
  'workspace.managed-network-provisioned version 2, a rule Inactive': /has version 2: add its rules .* anew/,
  'acr.build-cluster-same-subnet no subnet': /--answer cluster=cpu-cluster \(builds images instead\)\./,
  'vm.ssh-inbound-azureml one group may not be read, and the other stops it': /could not be read/,
  'keyvault.private-endpoint an endpoint in a network that is not peered':
    /already holds the record of kv-mlsim .* Pass --answer way=zone \(.*\) or way=hosts/,
  'dns.endpoint-record the address of a second endpoint elsewhere': /See dns\.endpoint-collision/,
  'aks.ip-plan a /26 for three nodes of thirty pods': /already need more addresses than vnet-ml\/snet-aks has/,
  'aks.ip-plan upgrades that double the pool': /already need more addresses than vnet-ml\/snet-aks has/,
  'aks.ip-plan pods in a subnet that is too small': /already need more addresses than vnet-ml\/snet-second has/,
};
/** What the fix can do is done; what servers of the network's own forward, and what an unread account needs, stays out of sight. */
const unseen = new Set([
  'workspace.private-dns DNS servers here, a missing link there',
  'firewall.current-rules the account may not be read, and tags are missing',
]);
/** The address is allowed, but in its own region that changes nothing, as the finding says. */
const inVain = new Set(['storage.dev-client-ip an address of the account’s own region']);

const fixable = samples.filter(
  ({ rule, says, profile }) => says === 'fail' && profile === undefined && rules.find(({ id }) => id === rule)?.fix,
);
describe.each(fixable.map((sample) => [`${sample.rule} ${sample.when}`, sample] as const))('%s', (name, sample) => {
  const snapshot = snapshotOf(sample.change);
  const id = findingId(sample.rule, subjectOf(sample), sample.where);
  const made = proposed(snapshot, id, answersFor[name] ?? answersOf[sample.rule]);

  test('is fixed, or a sentence says why not', () => {
    if (name in noFix) {
      expect(made).toMatch(noFix[name] as RegExp);
      return;
    }
    expect(made).not.toBeTypeOf('string');
    const after = outcomes(applyChanges(snapshot, changesOf(made as readonly Proposal[])));
    if (inVain.has(name)) expect(made).toEqual([]);
    else if (unseen.has(name)) expect(after.get(id)?.outcome).toBe('unknown');
    else expect(['pass', 'notApplicable', undefined]).toContain(after.get(id)?.outcome);
  });

  test('is undone exactly', () => {
    const changes = typeof made === 'string' ? [] : changesOf(made);
    const after = applyChanges(snapshot, changes);
    const back = applyChanges(after, changes.toReversed().map(invertChange));
    // An endpoint made anew has another connection, as its rule says (partial).
    if (changes.some(({ kind, resource }) => kind === 'delete' && /\/privateEndpoints\//.test(resource))) return;
    // What an endpoint leaves behind in its subnet once it is gone is an empty list.
    const same = changes.every(({ kind }) => kind === 'edit') ? bodiesOf : normalOf;
    expect(same(back)).toEqual(same(snapshot));
    if (changes.length > 0) expect(bodiesOf(after)).not.toEqual(bodiesOf(snapshot));
  });

  test('opens before it closes, and only closing acts are in the last phase', () => {
    for (const { change, phase } of typeof made === 'string' ? [] : made) {
      const closes = change.edits.some(
        (edit) =>
          (edit.op === 'set' && /defaultAction$/.test(edit.pointer) && edit.after === 'Deny') ||
          (edit.op === 'set' && /publicNetworkAccess$/.test(edit.pointer) && /disabled/i.test(String(edit.after))),
      );
      const reopens = change.edits.some((edit) => edit.op === 'set' && /^enabled$/i.test(String(edit.after)));
      // Azure creates the workspace's own endpoint only where public access is off before the network is provisioned.
      const provisions = sample.rule === 'workspace.managed-network-provisioned';
      if (closes && !reopens && !provisions) expect(phase).toBe(5);
      // The group or the policy that a subnet gets blocks everything that it does not allow.
      const guards = change.edits.some(({ pointer }) =>
        /^\/properties\/(networkSecurityGroup|serviceEndpointPolicies)$/.test(pointer),
      );
      if (guards) expect(phase).toBe(5);
      else if (change.resource.includes('/subnets/')) expect(phase).toBeLessThanOrEqual(2);
    }
  });
});

const properties = (scene: Scene, id: string = ids.account): Loose => scene.bodies[id].properties;
const bodyAfter = (snapshot: Snapshot, id: string) => snapshot.resources.find((one) => one.id === id)?.body;

describe('particular fixes', () => {
  test('bypass keeps what is named, in the service’s order, and replaces None', () => {
    const bypassAfter = (bypass: string) => {
      const snapshot = snapshotOf((scene) => Object.assign(properties(scene).networkAcls, { bypass }));
      return valueAt(
        bodyAfter(done(snapshot, findingId('storage.bypass-azure-services', ids.account)), ids.account),
        '/properties/networkAcls/bypass',
      );
    };
    expect(bypassAfter('Metrics')).toBe('Metrics, AzureServices');
    expect(bypassAfter('logging,metrics')).toBe('Logging, Metrics, AzureServices');
    expect(bypassAfter('None')).toBe('AzureServices');
  });

  test('an address given is allowed whatever the finding says, and a wrong one is refused with the reason', () => {
    const id = findingId('storage.dev-client-ip', ids.account);
    const values = (ip: string) =>
      valueAt(bodyAfter(done(snapshotOf(), id, { ip }), ids.account), '/properties/networkAcls/ipRules');
    expect(values('203.0.113.7')).toEqual([{ value: '203.0.113.7', action: 'Allow' }]);
    expect(values('203.0.113.7/32')).toEqual([{ value: '203.0.113.7', action: 'Allow' }]);
    expect(values('203.0.113.6/31')).toEqual([
      { value: '203.0.113.6', action: 'Allow' },
      { value: '203.0.113.7', action: 'Allow' },
    ]);
    expect(values('203.0.113.0/24')).toEqual([{ value: '203.0.113.0/24', action: 'Allow' }]);
    expect(proposed(snapshotOf(), id, { ip: '10.0.0.4' })).toMatch(/private/);
    expect(proposed(snapshotOf(), id, { ip: '203.0.113.7/24' })).toMatch(/203\.0\.113\.0\/24/);
    expect(proposed(snapshotOf(), id, { ip: 'mine' })).toMatch(/not an IPv4 address/);
    expect(
      proposed(
        snapshotOf((scene) => Object.assign(scene, { intents: {} })),
        id,
      ),
    ).toMatch(/--ip/);
  });

  test('a vault writes a single address with its prefix', () => {
    const id = findingId('keyvault.operator-access', ids.vault);
    const after = done(snapshotOf(), id, { ip: '203.0.113.7' });
    expect(valueAt(bodyAfter(after, ids.vault), '/properties/networkAcls/ipRules')).toEqual([
      { value: '203.0.113.7/32' },
    ]);
  });

  test('rules of a vault that may be hidden are never written', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene, ids.vault).publicNetworkAccess = 'Disabled';
      Reflect.deleteProperty(properties(scene, ids.vault), 'networkAcls');
    });
    expect(proposed(snapshot, findingId('keyvault.operator-access', ids.vault), { ip: '203.0.113.7' })).toMatch(
      /may be hidden/,
    );
    expect(proposed(snapshot, findingId('keyvault.bypass-azure-services', ids.vault))).toMatch(/may be hidden/);
  });

  test('a rule object that was absent is made explicit first', () => {
    const snapshot = snapshotOf((scene) => Reflect.deleteProperty(properties(scene, ids.vault), 'networkAcls'));
    const after = done(snapshot, findingId('keyvault.vnet-rule-compute-subnet', ids.vault, ids.train));
    expect(valueAt(bodyAfter(after, ids.vault), '/properties/networkAcls')).toEqual({
      bypass: 'AzureServices',
      defaultAction: 'Allow',
      ipRules: [],
      virtualNetworkRules: [{ id: ids.train }],
    });
  });

  test('a subnet in another region than the account gets the global storage endpoint', () => {
    const snapshot = snapshotOf((scene) => {
      scene.bodies[ids.account].location = 'japaneast';
      for (const one of scene.bodies[ids.vnet].properties.subnets) one.properties.serviceEndpoints = [];
    });
    const after = done(snapshot, findingId('storage.subnet-service-endpoint', ids.account, ids.train));
    expect(valueAt(bodyAfter(after, ids.train), '/properties/serviceEndpoints')).toEqual([
      { service: 'Microsoft.Storage.Global' },
    ]);
  });

  test('too wide a rule goes out last, after the operator’s own address', () => {
    const snapshot = snapshotOf((scene) => {
      scene.intents = { devClientIps: ['20.1.2.3'] };
      properties(scene).networkAcls.ipRules = [{ value: '20.0.0.0/7' }, { value: '198.51.100.7' }];
    });
    const made = proposed(snapshot, findingId('storage.ip-rules-legal', ids.account)) as readonly Proposal[];
    expect(made.map(({ phase, change }) => [phase, change.edits.map(({ op }) => op)])).toEqual([
      [2, ['add']],
      [5, ['remove']],
    ]);
    const after = applyChanges(snapshot, changesOf(made));
    expect(outcomes(after).get(findingId('storage.dev-client-ip', ids.account))?.outcome).toBe('pass');
  });

  test('public access goes off where everything is reached privately and nothing relies on a rule', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene).networkAcls.virtualNetworkRules = [];
      withEndpoint(scene, ids.account, ['blob'], ids.pe);
      withEndpoint(scene, ids.account, ['file'], ids.pe);
    });
    const id = findingId('storage.public-network-access', ids.account);
    const made = proposed(snapshot, id) as readonly Proposal[];
    expect(made.map(({ phase }) => phase)).toEqual([5]);
    expect(outcomes(applyChanges(snapshot, changesOf(made))).get(id)?.outcome).toBe('pass');
    expect(proposed(snapshotOf(), id)).toMatch(/need public network access/);
  });

  test('a guided fix names the answer it needs and its choices', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene).networkAcls.virtualNetworkRules = [{ id: ids.far }];
    });
    const id = findingId('storage.same-vnet-as-compute', ids.account);
    expect(proposed(snapshot, id)).toMatch(/answer action=allow .*action=recreate/);
    expect(proposed(snapshot, id, { action: 'recreate' })).toMatch(/az ml compute create/);
    expect(proposed(snapshot, id, { way: 'recreate' })).toMatch(/az ml compute create/);
  });
});
