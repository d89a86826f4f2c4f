// The verdicts that a reader of the recorded bodies reaches, each with what in the body decides it.
import type { Outcome } from '../../src/model/finding.ts';

export type ExpectedOutcomes = Readonly<Record<string, Outcome>>;
const named = (outcomes: ExpectedOutcomes, prefix: string): ExpectedOutcomes =>
  Object.fromEntries(Object.entries(outcomes).map(([rule, outcome]) => [`${prefix}.${rule}`, outcome]));

// What a body says, and so what each rule about it must say.
const openAccount = named(
  {
    'default-action-deny': 'fail', // defaultAction Allow, public access not said: on
    'bypass-azure-services': 'pass', // bypass AzureServices
    'ip-rules-legal': 'notApplicable', // no IP rules
    'vnet-rule-state': 'notApplicable', // no subnet rules
    'public-network-access': 'notApplicable', // open, which default-action-deny says
    'dev-client-ip': 'notApplicable', // open: no address needs a rule
    'vnet-rule-compute-subnet': 'notApplicable', // no compute in the recording needs it
  },
  'storage',
);
const closedAccount = {
  ...openAccount,
  'storage.default-action-deny': 'pass', // defaultAction Deny
  'storage.public-network-access': 'pass', // public access on, the firewall decides
  'storage.dev-client-ip': 'unknown', // unknown whether the operator works from outside
} satisfies ExpectedOutcomes;
const admittingAddresses = {
  ...closedAccount,
  'storage.ip-rules-legal': 'pass', // two public addresses or ranges of small size
} satisfies ExpectedOutcomes;
const admittingSubnets = {
  ...closedAccount,
  'storage.vnet-rule-state': 'unknown', // both rules say Succeeded, their networks are not in the recording
} satisfies ExpectedOutcomes;

const openVault = named(
  {
    'default-action-deny': 'fail', // no networkAcls at all
    'bypass-azure-services': 'notApplicable', // nothing to bypass
    'ip-rules-legal': 'notApplicable',
    'public-network-access': 'notApplicable', // open, which default-action-deny says
    'operator-access': 'notApplicable',
    'holds-credentials': 'notApplicable', // no workspace in the recording
  },
  'keyvault',
);
const closedVault = {
  ...openVault,
  'keyvault.default-action-deny': 'pass',
  'keyvault.bypass-azure-services': 'pass',
  'keyvault.public-network-access': 'pass',
  'keyvault.operator-access': 'unknown', // unknown from where the operator works
} satisfies ExpectedOutcomes;
const closedInNameOnly = {
  ...closedVault,
  'keyvault.ip-rules-legal': 'fail', // 0.0.0.0/2 … 128.0.0.0/1 allow all but 127.0.0.0/8
} satisfies ExpectedOutcomes;

const workspace = named(
  {
    exists: 'pass', // provisioningState Succeeded
    'managed-network-mode': 'notApplicable', // isolationMode Disabled, or no managed network
    'network-preexists': 'unknown', // its computes, or the networks, are not in the recording
  },
  'workspace',
);
const publicWorkspace = {
  ...workspace,
  'workspace.public-network-access': 'notApplicable', // service endpoints need public network access
  'compute.placed-in-vnet': 'unknown', // computes not in the recording
} satisfies ExpectedOutcomes;
const workspaceWithCompute = {
  ...workspace,
  'workspace.public-network-access': 'notApplicable',
  'workspace.private-endpoint': 'notApplicable', // privateLinkCount 0, public network access, no compute in a subnet
} satisfies ExpectedOutcomes;
const clusterOutside = {
  'compute.placed-in-vnet': 'fail', // subnet null
  'compute.ssh-public-access': 'fail', // remoteLoginPortPublicAccess Enabled
  'compute.no-public-ip': 'fail', // enableNodePublicIp true
} satisfies ExpectedOutcomes;
const shutWithoutEndpoint = {
  ...workspace,
  'workspace.public-network-access': 'pass', // publicNetworkAccess Disabled
  'workspace.private-endpoint': 'fail', // privateLinkCount 0: no access at all
} satisfies ExpectedOutcomes;
const shutBehindEndpoint = {
  ...workspace,
  'workspace.public-network-access': 'pass', // Disabled
  'workspace.private-endpoint': 'pass', // one connection, Approved, its subnet named
} satisfies ExpectedOutcomes;

/** cassette → answer → resource → verdicts; a number is one answer by itself, `all` every answer together. */
export interface Expected {
  readonly cassette: RegExp;
  readonly answer: number | 'all';
  readonly verdicts: Readonly<Record<string, ExpectedOutcomes>>;
}
const manyAccounts = {
  custodian5ec88fdd: openAccount,
  custodiansaf750742c: openAccount,
  custodianaccount68c7a770: openAccount,
  custodiancask: openAccount,
  cctstoragey6akyqpagdt3o: openAccount,
  cclgstoragey6akyqpagdt3o: openAccount,
  ccipstoragey6akyqpagdt3o: admittingAddresses,
  anzolochcsefs2bda0: openAccount,
};
/** A firewall is put on the test account, seen in a list, and taken off again. */
const firewallTest = (cassette: RegExp, patched: ExpectedOutcomes): Expected[] => [
  { cassette, answer: 0, verdicts: manyAccounts },
  { cassette, answer: 1, verdicts: { cctstoragey6akyqpagdt3o: patched } },
  {
    cassette,
    answer: 2,
    verdicts: {
      cctstoragey6akyqpagdt3o: patched,
      cclgstoragey6akyqpagdt3o: openAccount,
      ccipstoragey6akyqpagdt3o: admittingAddresses,
    },
  },
  { cassette, answer: 4, verdicts: { cctstoragey6akyqpagdt3o: openAccount } },
  { cassette, answer: 'all', verdicts: { ...manyAccounts, cctstoragey6akyqpagdt3o: openAccount } },
];
export const expected: readonly Expected[] = [
  ...firewallTest(/Actions\.test_(bypass|empty_bypass|missing_bypass)_/, closedAccount),
  ...firewallTest(/Actions\.test_network_ip_rules_action/, admittingAddresses),
  ...firewallTest(/Actions\.test_virtual_network_rules_action/, admittingSubnets),
  {
    cassette: /Actions\.test_network_ip_rules_append/,
    answer: 'all',
    verdicts: {
      ccipstoragey6akyqpagdt3o: admittingAddresses,
      cclgstoragey6akyqpagdt3o: openAccount,
      cctstoragey6akyqpagdt3o: openAccount,
    },
  },
  {
    cassette: /KeyVaultTest\.(common|test_update_access_policy_action|test_whitelist|test_whitelist_not_authorized)$/,
    answer: 'all',
    verdicts: { cckeyvault1yghq6zt4ewg2e: closedInNameOnly },
  },
  {
    cassette: /KeyVaultTest\.test_update_access_policy$/,
    answer: 'all',
    verdicts: {
      ajtest: openVault,
      CMKVaultStacklet: openVault,
      testingmlworks8472261778: openVault,
      // One subnet rule; whether it lives is asked by no rule about vaults.
      'Stacklet-kv': closedVault,
      cckeyvault1zd2yzvhwvtnsu: closedInNameOnly,
    },
  },
  {
    cassette: /KeyVaultTest\.test_whitelist_zero_access_policies/,
    answer: 'all',
    verdicts: { cckeyvault2ev2qnehi4dtyy: openVault },
  },
  {
    cassette: /DataContainerTest/,
    answer: 'all',
    verdicts: { 'cctest-mlws': publicWorkspace, cctestml438669734316: publicWorkspace },
  },
  { cassette: /(JobTest|OnlineEndpointTest)/, answer: 'all', verdicts: { 'cctest-mlws': publicWorkspace } },
  {
    cassette: /ComputeInstancesFilterTest/,
    answer: 'all',
    verdicts: { vvmlwrkspc: workspaceWithCompute, vvmlwrkspc11: clusterOutside },
  },
  { cassette: /ResourceLockFilterTest/, answer: 'all', verdicts: { mlwsp165red: shutWithoutEndpoint } },
  { cassette: /WorkspaceTest\./, answer: 'all', verdicts: { mlvvtest: shutBehindEndpoint } },
];
