// Which service an error is about: by the name of the host that was called, else by words; and the rules that decide whether the
// service can be reached. Pure.

export type Service =
  | 'storage'
  | 'vault'
  | 'registry'
  | 'mcr'
  | 'packages'
  | 'workspace'
  | 'arm'
  | 'entra'
  | 'kubernetes'
  | 'databricks'
  | 'monitor';

/** Names of hosts say which service was called. Microsoft Learn, "Configure inbound and outbound network traffic", 2026-03. */
const hosts: readonly (readonly [Service, RegExp])[] = [
  [
    'storage',
    /\.(?:blob|dfs|file|queue|table)\.(?:storage\.azure\.net|core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net))/i,
  ],
  ['vault', /\.vault(?:core)?\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/i],
  ['registry', /\.azurecr\.(?:io|cn|us)\b/i],
  ['mcr', /\bmcr\.microsoft\.com|\.data\.mcr\.|mcr\.azk8s\.cn/i],
  [
    'packages',
    /\b(?:pypi\.(?:org|python\.org)|files\.pythonhosted\.org|(?:repo|conda)\.(?:anaconda|continuum)\.\w+|anaconda\.org|cran\.r-project\.org|registry\.npmjs\.org|archive\.ubuntu\.com|security\.ubuntu\.com|packages\.microsoft\.com|download\.pytorch\.org|huggingface\.co)\b/i,
  ],
  [
    'workspace',
    /\.(?:api|experiments|modelmanagement|instances|inference|workspace\.\w+\.(?:api|cert))\.(?:azureml\.(?:ms|net|us)|ml\.azure\.(?:cn|us))|\.experiments\.azureml\.net|\.notebooks\.azure\.net|\bml\.azure\.com\b|\.azureml\.(?:ms|net)\b/i,
  ],
  [
    'entra',
    /\blogin\.(?:microsoftonline\.(?:com|us)|windows\.net|chinacloudapi\.cn|microsoft\.com)|\bgraph\.(?:microsoft\.com|windows\.net)/i,
  ],
  ['databricks', /\.azuredatabricks\.net\b/i],
  ['kubernetes', /\.azmk8s\.io\b/i],
  [
    'monitor',
    /\bdc\.services\.visualstudio\.com|\.applicationinsights\.azure\.com|\.o[dm]s\.opinsights\.azure\.\w+|\.monitor\.azure\.com/i,
  ],
  ['arm', /\bmanagement\.(?:azure\.com|core\.windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)/i],
];

/** Words, where no host is named. */
const words: readonly (readonly [Service, RegExp])[] = [
  ['vault', /\bkey ?vaults?\b|\bVault:\s/i],
  [
    'registry',
    /\bcontainer registr(?:y|ies)\b|\bACR(?:Secret)?\b|\bdocker (?:login|pull|push|daemon|image)\b|\b(?:image|pull|push)\b.{0,60}\bregistry\b|\bcontainer image\b|\bregistr(?:y|ies)\b.{0,40}\b(?:blocks?|firewall|public|network|server|reach)|\bregistry\b.{0,60}\b(?:challenge|login|denied|image|credentials?)/i,
  ],
  ['entra', /\bAAD\b.{0,20}\btoken|\bEntra\b|\bAzure Active Directory\b.{0,60}\btoken/i],
  [
    'packages',
    /\bcondahttperror\b|\bpip(?:3|\._?\w+)? |\bconda\b|\bapt-get\b|could not find a version that satisfies|no matching distribution/i,
  ],
  [
    'kubernetes',
    /\bkubernetes\b|\bkubectl\b|\bamlarc\b|\bazureml[- ]extension\b|\bhelm\b|\bpodpattern\b|\bvmssCSE\b|\bkubelet\b|\bagent ?pool\b|\bAKS\b/i,
  ],
  ['databricks', /\bdatabricks\b|\bcluster terminated\b/i],
  [
    'storage',
    /\bstorage (?:account|auth|file share|mount|container|queue|table|blob)\w*\b|\b(?:access|reach|to|from|mount|upload) (?:the )?storage\b|\bdata ?(?:store|set|asset)s?\b|\bblob(?:fuse)?\b|\bfile ?share\b|\bdata ?lake\b|Stream ?Access|Write ?Streams|\bstreaming data\b|\bcontainers?\.Client\b|\badls\b|\bmodel download|\bazure file/i,
  ],
  ['workspace', /\bworkspaces?\b|\bazure ?ml\b|\baz ml\b|\btoken service\b/i],
];

export const outbound = [
  'firewall.in-path',
  'firewall.current-rules',
  'firewall.application-rules',
  'udr.forced-tunnel',
  'compute.explicit-outbound',
  'nsg.outbound-internet-open',
  'nsg.outbound-deny-internet',
  'udr.next-hop-internet',
] as const;

/** Of each service: its name, what decides whether it can be reached, and who may use it. */
export const about: Readonly<
  Record<Service, { name: string; network: readonly string[]; dns: readonly string[]; role: string }>
> = {
  storage: {
    name: 'the storage account',
    network: [
      'storage.default-action-deny',
      'storage.vnet-rule-compute-subnet',
      'storage.subnet-service-endpoint',
      'storage.dev-client-ip',
      'storage.bypass-azure-services',
      'storage.public-network-access',
      'storage.private-endpoints',
      'storage.resource-instance-rule',
      'workspace.studio-blocked-by-secured-storage',
      'nsg.outbound-storage',
      'udr.storage-reachable',
    ],
    dns: ['storage.private-dns', 'storage.private-endpoints', 'dns.endpoint-record', 'dns.endpoint-collision'],
    role: 'Storage Blob Data Contributor on the account, for the identity that reads or writes',
  },
  vault: {
    name: 'the key vault',
    network: [
      'keyvault.default-action-deny',
      'keyvault.vnet-rule-compute-subnet',
      'keyvault.subnet-service-endpoint',
      'keyvault.bypass-azure-services',
      'keyvault.public-network-access',
      'keyvault.private-endpoint',
      'keyvault.operator-access',
    ],
    dns: ['keyvault.private-endpoint', 'dns.endpoint-record', 'dns.endpoint-collision'],
    role: 'an access policy or a role of the vault',
  },
  registry: {
    name: 'the container registry',
    network: [
      'acr.default-action-deny',
      'acr.vnet-rule-compute-subnet',
      'acr.private-endpoint',
      'acr.trusted-services',
      'acr.public-endpoint-kept',
      'acr.image-build-compute',
      'nsg.outbound-acr',
      'aks.outbound-acr',
    ],
    dns: ['acr.private-endpoint', 'dns.endpoint-record', 'dns.endpoint-collision'],
    role: 'AcrPull or AcrPush on the registry',
  },
  mcr: {
    name: "Microsoft's container registry (mcr.microsoft.com)",
    network: ['nsg.outbound-mcr', 'nsg.outbound-frontdoor-firstparty', ...outbound],
    dns: [],
    role: '',
  },
  packages: {
    name: 'the package index',
    network: ['acr.build-cluster-egress', ...outbound],
    dns: [],
    role: '',
  },
  workspace: {
    name: 'the workspace',
    network: [
      'workspace.private-endpoint',
      'workspace.public-network-access',
      'workspace.ip-allowlist',
      'workspace.private-dns',
      'nsg.outbound-azureml',
      'nsg.outbound-azureml-ports',
      ...outbound,
    ],
    dns: ['workspace.private-dns', 'workspace.private-endpoint', 'dns.endpoint-record', 'dns.endpoint-collision'],
    role: 'AzureML Data Scientist, or another role with the action in the message',
  },
  arm: {
    name: 'Azure Resource Manager',
    network: ['nsg.outbound-arm', ...outbound],
    dns: [],
    role: 'a role with the action in the message',
  },
  entra: { name: 'Microsoft Entra ID', network: ['nsg.outbound-entra', ...outbound], dns: [], role: '' },
  kubernetes: {
    name: 'the Kubernetes cluster',
    network: [
      'aks.outbound-default',
      'aks.dependencies-same-vnet',
      'aks.outbound-acr',
      'workspace.private-endpoint',
      'workspace.private-dns',
      'aks.api-server-access',
      ...outbound,
    ],
    dns: ['workspace.private-dns', 'aks.dependencies-same-vnet'],
    role: 'a role on the cluster',
  },
  databricks: {
    name: 'the Databricks workspace',
    network: [
      'databricks.public-endpoint',
      'databricks.vnet-injected',
      'databricks.workspace-subnets',
      'databricks.no-private-endpoint-path',
      'databricks.storage-same-vnet',
      ...outbound,
    ],
    dns: [],
    role: 'a role on the workspace',
  },
  monitor: {
    name: 'Azure Monitor',
    network: ['nsg.outbound-azuremonitor', 'workspace.monitor-private-only', ...outbound],
    dns: ['workspace.monitor-private-only'],
    role: '',
  },
};

export const namesHost = (text: string): boolean => hosts.some(([, pattern]) => pattern.test(text));

export function serviceIn(text: string): Service | undefined {
  const called = hosts.filter(([, pattern]) => pattern.test(text)).map(([service]) => service);
  // Whatever else is called, a failing request to Azure Resource Manager may be about any resource in its address.
  const [first] = called.filter((service) => service !== 'arm' || called.length === 1);
  return first ?? words.find(([, pattern]) => pattern.test(text))?.[0];
}
