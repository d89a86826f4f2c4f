// What the fixes of the rules propose for the samples that fail, with answers to what they ask.
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers, Proposal } from '../../src/rules/rule.ts';
import { samples, subjectOf } from './samples.ts';
import type { Sample } from './sampling.ts';

/** What the rule of a finding proposes, or the sentence that says why nothing. */
export function proposed(snapshot: Snapshot, id: string, answers: Answers = {}): readonly Proposal[] | string {
  const rule = rules.find((one) => id.startsWith(`${one.id}@`));
  const finding = rule && audit(snapshot, [rule]).findings.find((one) => one.id === id);
  if (!finding || !rule?.fix) throw new Error(`${id} is no finding with a fix`);
  return rule.fix(finding, { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault: false }, answers);
}
const answersOf: Readonly<Record<string, Answers>> = {
  'aks.scoring-inbound': { from: 'Internet', public: 'yes', http: 'yes' },
  'storage.public-network-access': { way: 'open' },
  'keyvault.public-network-access': { way: 'open' },
  'acr.public-endpoint-kept': { way: 'open' },
  'workspace.managed-network-provisioned': { provision: 'yes' },
  'storage.same-vnet-as-compute': { way: 'admit' },
  'compute.endpoint-path': { way: 'peer' },
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
  'compute.orphaned-resources': {
    unused:
      '6f1f3b38-0a1e-4f55-9a3a-7d3f7d3a9b10-azurebatch-cloudserviceloadbalancer, 6f1f3b38-0a1e-4f55-9a3a-7d3f7d3a9b10-azurebatch-cloudservicepublicip, guarding',
  },
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

/** Samples that fail under a rule with a fix. */
export const fixable = samples.filter(
  ({ rule, says, profile }) => says === 'fail' && profile === undefined && rules.find(({ id }) => id === rule)?.fix,
);

/** The proposals for a failing sample, for its finding. */
export const proposedFor = (sample: Sample, snapshot: Snapshot): readonly Proposal[] | string =>
  proposed(
    snapshot,
    findingId(sample.rule, subjectOf(sample), sample.where),
    answersFor[`${sample.rule} ${sample.when}`] ?? answersOf[sample.rule],
  );
