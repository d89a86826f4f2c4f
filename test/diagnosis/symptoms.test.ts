// Errors that are known by their words alone: the service, the symptom, and silence where a network has nothing to do with it.
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.ts';
import { rules } from '../../src/rules/index.ts';

const heading = (text: string): string | undefined => diagnose(text).known[0]?.names[0];
const firstRule = (text: string): string | undefined => diagnose(text).known[0]?.rules[0];

describe('service by host, symptom by words', () => {
  test.each([
    [
      "HTTPSConnectionPool(host='stx.blob.core.windows.net', port=443): Max retries exceeded (Caused by [Errno 110] Connection timed out)",
      'The storage account cannot be reached',
      'storage.default-action-deny',
    ],
    [
      'dial tcp: lookup kv-1.vault.azure.net on 168.63.129.16:53: no such host',
      'A host name is not resolved',
      'keyvault.private-endpoint',
    ],
    [
      'curl: (6) Could not resolve host: westeurope.api.azureml.ms',
      'A host name is not resolved',
      'workspace.private-dns',
    ],
    [
      'Get "https://acr1.azurecr.io/v2/": dial tcp 20.1.1.1:443: i/o timeout',
      'The container registry cannot be reached',
      'acr.default-action-deny',
    ],
    [
      'failed to pull image "acr1.azurecr.io/azureml/a:1": failed to resolve reference: unexpected status: 403 Forbidden',
      'An image cannot be pulled',
      'acr.default-action-deny',
    ],
    [
      "urllib3: HTTPSConnectionPool(host='pypi.org', port=443): Read timed out. (read timeout=15)",
      'The package index cannot be reached',
      'acr.build-cluster-egress',
    ],
    [
      'mount error(13): Permission denied for //sta.file.core.windows.net/share',
      'Data cannot be mounted',
      'storage.default-action-deny',
    ],
    ['mount error(115): Operation now in progress', 'Data cannot be mounted', 'storage.default-action-deny'],
    [
      'x509: certificate signed by unknown authority while calling https://mcr.microsoft.com/v2/',
      'A certificate is not accepted',
      'firewall.in-path',
    ],
    [
      'read ECONNRESET https://login.microsoftonline.com/common/oauth2',
      'Microsoft Entra ID cannot be reached',
      'nsg.outbound-entra',
    ],
    ['ConnectionResetError: [Errno 104] Connection reset by peer', 'A connection fails', 'firewall.in-path'],
    [
      'Access to the workspace is blocked by the firewall',
      'Network access to the workspace is denied',
      'workspace.private-endpoint',
    ],
    ['AcrTokenRetrievalError for the compute', 'Access to the container registry is denied', 'acr.default-action-deny'],
    [
      'Access denied due to virtual network or firewall rules',
      'A service firewall denies network access',
      'workspace.public-network-access',
    ],
    ["extension 'vmssCSE' failed: exit status=51", 'OutboundConnFailVMExtensionError', 'aks.outbound-default'],
    [
      'The connectivity check of the node to the package index pypi.org failed',
      'The package index cannot be reached',
      'acr.build-cluster-egress',
    ],
    ['StorageMountError during set-up', 'Data cannot be mounted', 'storage.default-action-deny'],
    ['CONNECTIVITY_DNS_ERROR for x.azurecr.io', 'A host name is not resolved', 'acr.private-endpoint'],
    [
      'The network security group nsg-1 of the subnet is missing a rule for port 445',
      'A network security group blocks required traffic',
      'nsg.outbound-azureml-ports',
    ],
    [
      'The private endpoint connection to the key vault is Pending',
      'A private endpoint connection is not approved',
      'keyvault.private-endpoint',
    ],
    [
      'ScriptExecution.StreamAccess.Authentication.AzureIdentityAccessTokenResolution.PrivateEndpointResolutionFailure',
      'StreamAccess.Authentication.PrivateEndpointResolutionFailure',
      'workspace.private-endpoint',
    ],
    [
      'connect ETIMEDOUT dc.services.visualstudio.com:443',
      'Azure Monitor cannot be reached',
      'nsg.outbound-azuremonitor',
    ],
    [
      'ERROR: No matching distribution found for x (from versions: none)',
      'The package index cannot be reached',
      'acr.build-cluster-egress',
    ],
    [
      'The virtual network vnet-1 is in a different region than the workspace',
      'The virtual network is in another region or subscription',
      'compute.vnet-same-region',
    ],
    [
      'Certificate verification failed: a proxy with a self-signed certificate answers for login.microsoftonline.com',
      'A certificate is not accepted',
      'firewall.in-path',
    ],
    [
      'mount_nfs: server connection failed: Operation timed out',
      'Data cannot be mounted',
      'storage.default-action-deny',
    ],
    ['Error type: 120. Error Message: Network failure', 'A connection fails', 'firewall.in-path'],
    [
      'Could not set up the editor on the compute instance ci-1: Downloading the server failed.',
      'A download fails',
      'acr.build-cluster-egress',
    ],
    [
      '(403) Public access is disabled. Configure a private endpoint',
      'A service firewall denies network access',
      'workspace.public-network-access',
    ],
    [
      'The subnet is too small: Pre-allocated IPs 40 exceeds IPs available 11 in Subnet Cidr 10.0.0.0/28',
      'SubnetIsFull',
      'compute.subnet-free-ips',
    ],
    ['Error: 12 vCPUs were asked for, 4 are left. The vCPU quota is 16.', 'OperationNotAllowed', 'compute.core-quota'],
    ['OutOfQuota: the quota of endpoints has been reached', 'ResourceQuotaExceeded', 'compute.network-quota'],
    ['Helm: failed pre-install: pod healthcheck failed', 'The extension was not installed in time', 'aks.ilb-capacity'],
    ['The Kubernetes cluster is not reachable.', 'The Kubernetes cluster cannot be reached', 'aks.api-server-access'],
    ['service azureml-fe is pending', 'The inference router is not ready', 'aks.internal-load-balancer'],
    [
      'Cluster terminated. Reason: NPIP Tunnel Setup Failure',
      'The Databricks cluster cannot reach its control plane',
      'databricks.workspace-subnets',
    ],
  ])('%s', (text, name, rule) => {
    expect([heading(text), firstRule(text)]).toEqual([name, rule]);
  });
});

test.each([
  ['PermissionError: [Errno 13] Permission denied: /mnt/out/model.pkl'],
  ['TimeoutError: the test took longer than 600 s'],
  ['upstream request timeout'],
  ['torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB; connection reset'],
  ["ModuleNotFoundError: No module named 'azureml.core'"],
  ["KeyError: 'workspace'"],
  ['ValueError: could not convert string to float in dataset row 3'],
  ['Job was cancelled by the user'],
  ["HTTPConnectionPool(host='localhost', port=5000): Max retries exceeded: Connection refused"],
  ['Private Spark jobs are not supported for private endpoint of kind x'],
  ['NCCL WARN Connection reset by peer between rank 0 and rank 1'],
  ['failed to pull image acr1.azurecr.io/a:1: manifest unknown'],
  ['No matching distribution found for x (from versions: 1.0, 2.0)'],
  ['ScriptExecution.StreamAccess.Validation.TextFile-InvalidEncoding'],
  ['ScriptExecution.DatabaseQuery.TimeoutExpired'],
  ['npm ERR! ERESOLVE unable to resolve dependency tree'],
  ['OutOfQuota: Container terminated due to insufficient memory'],
  ['UserScriptInitFailed: failed to download the model in init()'],
  ['The liveness probe failed with status code 502: connection refused'],
  ['Unable to start blobfuse. Exactly one of Account Key and SAS token must be specified in the config file'],
  ['Unable to start blobfuse due to a lack of credentials. Please check the readme for valid auth setups.'],
  ['Failed to download the release notes'],
])('silent: %s', (text) => {
  expect(diagnose(text).known).toEqual([]);
});

test.each([
  ['AADSTS53003: Access has been blocked', 'Conditional Access blocks the sign-in'],
  ['AADSTS700082: The refresh token has expired due to inactivity.', 'The sign-in has expired'],
  ['AADSTS90002: Tenant x not found', 'The tenant does not know the account or application'],
  ['AADSTS7000215: Invalid client secret provided', 'The credential of the application is not accepted'],
  ['AADSTS999999: Something new', 'Microsoft Entra ID refused the sign-in'],
  ['ManagedIdentityCredential authentication unavailable', 'No credential gives a token'],
  ['Start-up task failed due to authorization error', 'The identity of the endpoint has no role'],
  ['The endpoint identity does not have pull permission on the registry', 'The identity of the endpoint has no role'],
])('a refused sign-in: %s', (text, name) => {
  expect(heading(text)).toBe(name);
});

test('a sentence that a terminal has wrapped, or a tool has put into a margin, is read as a whole', () => {
  expect(heading('A soft-deleted\n   | workspace exists. Please purge\n   | or recover it.')).toBe(
    'A soft-deleted resource has this name',
  );
  expect(heading('the storage account could not be\nresolved: Name or service\n  not known')).toBe(
    'A host name is not resolved',
  );
});

test('a role that is missing is no firewall, and a firewall is no role', () => {
  expect(heading('This request is not authorized to perform this operation using this permission.')).toBe(
    'AuthorizationPermissionMismatch',
  );
  expect(heading('This request is not authorized to perform this operation.')).toBe('AuthorizationFailure');
  expect(heading('Public access is not permitted on this storage account.')).toBe('PublicAccessNotPermitted');
});

test.each([
  ['Microsoft.Network/virtualNetworks/subnets/join/action', 'Network Contributor'],
  ['Microsoft.MachineLearningServices/workspaces/jobs/write', 'AzureML Data Scientist'],
  ['Microsoft.MachineLearningServices/workspaces/read', 'Reader'],
  [
    'Microsoft.MachineLearningServices/workspaces/privateEndpointConnections/read',
    'Azure AI Enterprise Network Connection Approver',
  ],
  ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write', 'Storage Blob Data Contributor'],
  ['Microsoft.Authorization/roleAssignments/write', 'Role Based Access Control Administrator'],
])('a 403 names the role that holds %s', (action, role) => {
  const scope = '/subscriptions/s/resourceGroups/rg';
  const who = '11111111-2222-3333-4444-555555555555';
  const text = `The client 'a' with object id '${who}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid.`;
  const told = diagnose(text).known.find(({ names }) => names.includes('AuthorizationFailed'));
  expect(told?.means).toContain(action);
  expect(told?.next).toContain(`Assign the role ${role} at ${scope}.`);
  expect(told?.next).toContain(`--assignee-object-id ${who} --role "${role}" --scope ${scope}`);
});

test('a scope that no shell may see is shown without a command', () => {
  const text =
    "does not have authorization to perform action 'Microsoft.Storage/a/read' over scope '/subscriptions/s/$(reboot)'";
  const told = diagnose(text).known.find(({ names }) => names.includes('AuthorizationFailed'));
  expect(told?.next).not.toContain('az role');
});

test('every rule that a symptom names is registered', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const texts = [
    'blob.core.windows.net',
    'vault.azure.net',
    'azurecr.io',
    'mcr.microsoft.com',
    'pypi.org',
    'api.azureml.ms',
    'management.azure.com',
    'login.microsoftonline.com',
    'kubernetes',
    'databricks',
    '',
  ];
  const ends = [
    'getaddrinfo',
    'self-signed certificate',
    'blocked by the firewall',
    'ECONNRESET',
    'ErrImagePull',
    'mount error(13)',
    '403',
  ];
  const named = texts.flatMap((host) =>
    ends.flatMap((end) => diagnose(`https://x.${host}: ${end}`).known.flatMap((one) => one.rules)),
  );
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

test('where the service answered, no rule of the path to it is a cause', () => {
  const denied = diagnose('Public network access is disabled for the workspace').known[0]?.rules ?? [];
  expect(denied.length).toBeGreaterThan(0);
  expect(denied.filter((rule) => /^(?:nsg|udr|firewall)\./.test(rule))).toEqual([]);
});

test('a wrapper is shown only where the words say nothing', () => {
  expect(heading('ResourceNotFound: the container registry is not reachable')).toBe(
    'The container registry cannot be reached',
  );
  expect(heading('Code: ResourceNotFound')).toBe('ResourceNotFound');
});
