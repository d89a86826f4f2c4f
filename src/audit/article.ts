// The article of 2020, section by section and sentence by sentence: which rules check each sentence, and whether a workspace
// follows it. A workspace of another architecture may have no failure and still not have taken the steps of the article.

import type { Architecture } from '../model/assumption.ts';
import type { Finding, Report } from '../model/finding.ts';
import { replacedBy } from './check.ts';

const articleStates = ['notFollowed', 'unknown', 'replaced', 'retired', 'followed', 'notUsed'] as const;
/**
 * `replaced`: the step belongs to service endpoints, and another architecture keeps this traffic private. `retired`: not
 * followed, and Azure no longer needs it. `notUsed`: nothing here that it is about.
 */
export type ArticleState = (typeof articleStates)[number];

export interface ArticleStatement {
  readonly statement: string;
  readonly state: ArticleState;
  /** The architecture that replaces the step; null unless `state` is `replaced`. */
  readonly replacedBy: Architecture | null;
  readonly rules: readonly string[];
}
export interface ArticleSection {
  readonly section: string;
  /** The first of {@link articleStates} that one of its sentences has. */
  readonly state: ArticleState;
  readonly replacedBy: Architecture | null;
  readonly statements: readonly ArticleStatement[];
}
export interface ArticleSummary {
  readonly sections: readonly ArticleSection[];
}

/** Azure retired what the sentence asks for: see the rules. */
const retired = Symbol('retired');
type Sentence = readonly [statement: string, ...rules: (string | typeof retired)[]];

/** In the order of the article. */
export const articleText: readonly (readonly [section: string, ...sentences: Sentence[]])[] = [
  [
    'Prerequisites',
    ['The workspace exists.', 'workspace.exists'],
    ['The virtual network and its subnet exist before compute does.', 'workspace.network-preexists'],
    ['Studio features do not work with storage in a virtual network.', 'workspace.studio-blocked-by-secured-storage'],
  ],
  [
    'Storage account',
    ['The account linked to the workspace is secured.', 'storage.default-account'],
    ['Its firewall allows selected networks only.', 'storage.default-action-deny'],
    [
      'It allows the virtual network and subnet of the compute.',
      ...['storage.vnet-rule-compute-subnet', 'storage.vnet-rule-state', 'storage.subnet-service-endpoint'],
      ...['storage.rule-capacity', 'storage.same-vnet-as-compute'],
    ],
    ['It allows trusted Microsoft services.', 'storage.bypass-azure-services'],
    ['It allows the IP address of the development machine.', 'storage.dev-client-ip', 'storage.ip-rules-legal'],
    ['Accounts beside the default one are secured as well.', 'storage.nondefault-accounts'],
    ['The designer cannot profile datasets there.', 'storage.designer-profile-error'],
  ],
  [
    'Azure Data Lake Storage Gen2',
    ['The account has a hierarchical namespace.', 'storage.adls2-hierarchical'],
    ['Its firewall is set as that of the storage account.', 'storage.adls2-network-rules'],
    ['Datasets are created without validation from outside.', 'storage.adls2-dataset-validate'],
    ['Compute is in the virtual network of the account.', 'storage.adls2-compute-same-vnet'],
  ],
  [
    'Key vault',
    ['The key vault holds the credentials of the workspace.', 'keyvault.holds-credentials', 'keyvault.resolved'],
    ['Its firewall allows selected networks only.', 'keyvault.default-action-deny', 'keyvault.ip-rules-legal'],
    [
      'It allows the virtual network of the compute.',
      ...['keyvault.vnet-rule-compute-subnet', 'keyvault.subnet-service-endpoint'],
    ],
    ['It allows trusted Microsoft services.', 'keyvault.bypass-azure-services'],
    ['Operators keep access.', 'keyvault.operator-access'],
  ],
  [
    'Compute clusters and instances',
    ['Compute is in a virtual network.', 'compute.placed-in-vnet', 'compute.subnet-not-delegated'],
    [
      'The virtual network is in the subscription and region of the workspace.',
      ...['compute.vnet-same-subscription', 'compute.vnet-same-region'],
    ],
    ['The subnet has enough free addresses.', 'compute.subnet-free-ips', 'compute.partial-allocation'],
    [
      'No policy, lock or missing permission prevents it.',
      ...['compute.policy', 'compute.locks', 'compute.caller-can-join'],
    ],
    ['Quotas suffice.', 'compute.network-quota', 'compute.core-quota'],
    [
      'The service creates network resources itself.',
      ...['compute.auto-resources', 'compute.orphaned-resources', 'compute.batch-nsg-untouched'],
    ],
    ['Nodes are usable.', 'compute.unusable-nodes'],
  ],
  [
    'Required ports',
    ['A network security group of the subnet is optional.', 'nsg.subnet-nsg-state'],
    ['Azure Batch may connect on TCP 29876-29877.', 'nsg.inbound-batch', retired],
    ['SSH on TCP 22 is optional.', 'nsg.inbound-ssh', 'compute.ssh-public-access'],
    ['Outbound traffic to the virtual network is allowed.', 'nsg.outbound-vnet'],
    ['Outbound traffic to the Internet is allowed.', 'nsg.outbound-internet-open'],
    ['Azure Machine Learning may connect on TCP 44224.', 'nsg.inbound-azureml-44224'],
  ],
  [
    'Limit outbound connectivity',
    [
      'Outbound traffic to the Internet is denied.',
      ...['nsg.outbound-deny-internet', 'nsg.allow-before-deny', 'nsg.rule-capacity'],
    ],
    [
      'Azure Storage, registries, Azure Machine Learning, Resource Manager and Entra ID are allowed.',
      ...['nsg.outbound-storage', 'nsg.outbound-acr', 'nsg.outbound-azureml', 'nsg.outbound-arm', 'nsg.outbound-entra'],
    ],
    ["Microsoft's images are allowed where environments use them.", 'nsg.outbound-mcr'],
  ],
  [
    'Forced tunneling',
    ['The subnet has a route table with exceptions.', 'udr.forced-tunnel', 'udr.table-on-compute-subnet'],
    ['Azure Batch is routed directly to the Internet.', 'udr.batch-prefixes', retired],
    ['Azure Machine Learning is routed directly to the Internet.', 'udr.azureml-prefixes', 'udr.next-hop-internet'],
    ['Lists of prefixes are kept up to date.', 'udr.prefix-drift', 'udr.route-capacity'],
    ['The appliance allows Azure Storage.', 'udr.storage-reachable'],
  ],
  [
    'Azure Databricks',
    [
      'It is in the subscription and region of the workspace, in a virtual network.',
      ...['databricks.vnet-injected', 'databricks.vnet-same-subscription-region'],
    ],
    ['Storage is in the same virtual network.', 'databricks.storage-same-vnet'],
    [
      'It has separate subnets.',
      ...['databricks.workspace-subnets', 'databricks.default-subnet', 'databricks.subnet-shape'],
    ],
  ],
  [
    'Virtual machines and HDInsight',
    ['The machine runs Ubuntu.', 'vm.ubuntu-only'],
    ['It is in a virtual network and attached.', 'vm.in-vnet', 'vm.attached'],
    [
      'The service may connect by SSH.',
      ...[
        'vm.ssh-inbound-azureml',
        'vm.ssh-port-matches',
        'vm.hdinsight-same-rules',
        'vm.hdinsight-management-inbound',
      ],
    ],
    [
      'Default outbound rules stay, or the required services are allowed.',
      'vm.outbound-default',
      'vm.outbound-limited',
    ],
  ],
  [
    'Azure Kubernetes Service',
    [
      'The cluster is in a subnet of yours and attached.',
      ...['aks.subnet-assigned', 'aks.attached', 'aks.subnet-not-delegated'],
    ],
    [
      'Addresses are planned for Azure CNI.',
      ...[
        'aks.ip-plan',
        'aks.reserved-ranges',
        'aks.service-cidr-no-overlap',
        'aks.dns-service-ip',
        'aks.docker-bridge',
      ],
    ],
    ['The cluster is in the region of its virtual network.', 'aks.same-region-as-vnet'],
    ['Storage is in the same virtual network.', 'aks.storage-same-vnet'],
    ['A cluster with private link is not supported.', 'aks.private-link-unsupported'],
    ['Scoring traffic is allowed inbound.', 'aks.scoring-inbound'],
    ['Default outbound rules stay.', 'aks.outbound-default'],
    [
      'A private load balancer is optional.',
      ...['aks.internal-load-balancer', 'aks.ilb-two-step', 'aks.ilb-capacity', 'aks.identity-network-contributor'],
    ],
  ],
  [
    'Azure Container Instances',
    [
      'The subnet is delegated to container instances.',
      ...['aci.subnet-delegated', 'aci.delegation-service-exact', 'aci.subnet-exclusive', 'aci.delegation-removable'],
    ],
    ['Models are deployed into it.', 'aci.deployment-target'],
  ],
  [
    'Azure Firewall',
    ['The required hosts are allowed.', 'firewall.in-path', 'firewall.application-rules'],
    ['Inbound traffic has NAT rules.', 'firewall.inbound-dnat'],
  ],
  [
    'Azure Container Registry',
    ['The workspace has the Enterprise edition.', 'acr.workspace-enterprise', retired],
    ['The registry is Premium.', 'acr.sku-premium', 'acr.resolved'],
    ['It is in the virtual network and subnet of storage and compute.', 'acr.same-vnet-subnet'],
    [
      'A compute cluster builds images.',
      'acr.workspace-has-cluster',
      'acr.image-build-compute',
      'acr.build-cluster-same-subnet',
    ],
    [
      'Its firewall allows selected networks only.',
      ...['acr.default-action-deny', 'acr.vnet-rule-compute-subnet', 'acr.subnet-service-endpoint'],
      ...['acr.rule-capacity', 'acr.public-endpoint-kept'],
    ],
    [
      'The workspace reaches it by a private link.',
      ...['acr.shared-private-link', 'acr.shared-private-link-approved', 'acr.endpoint-kinds-exclusive'],
    ],
  ],
];

function statementOf(
  [statement, ...parts]: Sentence,
  byRule: ReadonlyMap<string, readonly Finding[]>,
): ArticleStatement {
  const rules = parts.filter((part) => typeof part === 'string');
  const findings = rules.flatMap((rule) => byRule.get(rule) ?? []);
  const has = (outcome: Finding['outcome']) => findings.some((finding) => finding.outcome === outcome);
  const other = findings.map(replacedBy).find((architecture) => architecture !== undefined) ?? null;
  const state = has('fail')
    ? parts.includes(retired)
      ? 'retired'
      : 'notFollowed'
    : has('unknown')
      ? 'unknown'
      : other !== null
        ? 'replaced'
        : has('pass')
          ? 'followed'
          : 'notUsed';
  return { statement, state, replacedBy: state === 'replaced' ? other : null, rules };
}

/** What a workspace follows of the article; undefined for a report of another profile. */
export function articleSummary(report: Report): ArticleSummary | undefined {
  if (report.profile !== 'article-2020') return undefined;
  const byRule = Map.groupBy(report.findings, ({ rule }) => rule);
  const sections = articleText.map(([section, ...sentences]): ArticleSection => {
    const statements = sentences.map((sentence) => statementOf(sentence, byRule));
    const state = articleStates.find((one) => statements.some((statement) => statement.state === one)) ?? 'notUsed';
    const deciding = statements.find((statement) => statement.state === state);
    return { section, state, replacedBy: deciding?.replacedBy ?? null, statements };
  });
  return { sections };
}
