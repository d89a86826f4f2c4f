// Errors of Kubernetes computes: the extension, jobs and endpoints on a cluster, and the network of its nodes.
import { type KnownError, sources } from '../known-error.ts';

const computes = 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-kubernetes-compute, 2025-11';
const extension = 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-kubernetes-extension, 2025-11';
const online = 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints, 2025-11';
const reach = [
  'aks.outbound-default',
  'workspace.private-endpoint',
  'workspace.private-dns',
  'aks.dependencies-same-vnet',
  'firewall.current-rules',
  'udr.forced-tunnel',
] as const;

export const kubernetesErrors: readonly KnownError[] = [
  {
    names: ['BAD_NETWORK_CONNECTIVITY', 'E45003'],
    text: /BAD_NETWORK_CONNECTIVITY|\bE45003\b/,
    means:
      'The cluster cannot reach what the Azure Machine Learning extension needs: outbound traffic or private link is blocked.',
    next: 'Allow the outbound traffic of the cluster, and check the private endpoint and DNS of the workspace.',
    rules: reach,
    source: extension,
  },
  {
    names: ['The extension was not installed in time'],
    text: /release \S*amlarc\S* failed|aka\.ms\/arcmltsg|amlarc-extension failed|azureml-extension.{0,120}(?:timed out|failed)|pod healthcheck failed|release azureml\S* failed/is,
    means:
      'The Azure Machine Learning extension was not installed: too few nodes, no load balancer address, a policy, or a blocked network.',
    next: 'Read the config map arcml-healthcheck and the events in the namespace azureml; check nodes and outbound traffic.',
    rules: ['aks.ilb-capacity', 'aks.internal-load-balancer', 'aks.basic-load-balancer', 'aks.attached', ...reach],
    source: extension,
  },
  {
    names: ['OutboundConnFailVMExtensionError'],
    text: /\bvmssCSE\b[\s\S]{0,400}exit status=5[0-2]\b|\bERR_OUTBOUND_CONN_FAIL\b|OutboundConnFail|establish outbound connection from agents/i,
    means: 'A node of the Kubernetes cluster cannot reach what it starts from: outbound traffic or DNS is blocked.',
    next: 'Allow the outbound traffic that AKS requires in NSG, route table and firewall, and check the DNS servers.',
    rules: [
      'aks.outbound-default',
      'udr.forced-tunnel',
      'firewall.in-path',
      'firewall.application-rules',
      'nsg.outbound-mcr',
    ],
    source: 'learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/vmextensionerror, 2025',
  },
  {
    names: ['INTERNAL_LOAD_BALANCER_NOT_SUPPORT', 'LOAD_BALANCER_NOT_SUPPORT', 'E40001', 'E40003'],
    text: /\b(?:INTERNAL_)?LOAD_BALANCER_NOT_SUPPORT\b|\bE4000[13]\b/,
    means: 'The cluster does not support the kind of load balancer that the extension was told to use.',
    next: 'Use a load balancer that the cluster supports, or a node port; internal load balancers need AKS.',
    rules: ['aks.internal-load-balancer', 'aks.basic-load-balancer', 'aks.ilb-capacity', 'aks.ilb-two-step'],
    source: extension,
  },
  {
    names: ['INSUFFICIENT_NODE', 'E40002'],
    text: /\bINSUFFICIENT_NODE\b|\bE40002\b/,
    means: 'The cluster has fewer than three nodes, which high availability of the inference router needs.',
    next: 'Add nodes, or install the extension with inferenceRouterHA=False.',
    rules: ['aks.ilb-capacity', 'aks.attached'],
    source: extension,
  },
  {
    names: ['INVALID_SSL_SETTING', 'E40007'],
    text: /\bINVALID_SSL_SETTING\b|\bE40007\b/,
    means: 'The TLS key or certificate of the inference router is not valid, or its name is not that of the CNAME.',
    next: 'Check sslCertPemFile, sslKeyPemFile and sslCname of the extension.',
    rules: [],
    source: extension,
  },
  {
    names: ['The inference router is not ready', 'ScoringFeUnhealthy'],
    text: /\bScoring ?Fe\b|\bazureml-fe\b.{0,80}\b(?:not ready|unhealthy|pending|not found)\b/i,
    means:
      'The inference router (azureml-fe) has no address or no healthy replica: load balancer, free addresses, or nodes.',
    next: 'Check the service and pods of azureml-fe, the subnet of the internal load balancer, and the role of the cluster identity.',
    rules: [
      'aks.internal-load-balancer',
      'aks.ilb-capacity',
      'aks.identity-network-contributor',
      'aks.basic-load-balancer',
    ],
    source: online,
  },
  {
    names: ['RefreshExtensionIdentityNotSet', 'TokenRefreshFailed'],
    means: 'The identity of the Azure Machine Learning extension in the cluster is not set.',
    next: 'Install the extension again, then attach the cluster again with the same settings.',
    rules: ['aks.attached'],
    source: computes,
  },
  {
    names: ['GetAADTokenFailed', 'ACRAuthenticationChallengeFailed'],
    means: 'The cluster cannot reach Microsoft Entra ID or the container registry to get a token.',
    next: 'Check outbound traffic, proxy and DNS of the cluster, and public network access or private endpoint of the registry.',
    rules: ['aks.outbound-acr', 'acr.private-endpoint', 'acr.vnet-rule-compute-subnet', ...reach],
    source: online,
  },
  {
    names: [
      'The Kubernetes cluster cannot be reached',
      'ClusterNotReachable',
      'GenericClusterError',
      'ComputeNotAccessible',
    ],
    text: /failed to connect to kubernetes cluster|kubernetes (?:cluster|compute) is not (?:reachable|accessible)|k8s-extension of the kubernetes cluster is not connectable/i,
    means: 'The workspace cannot reach the API server of the cluster, or its identity has no role there.',
    next: 'Start the cluster, allow Azure Machine Learning in its authorized IP ranges, check its relay, and attach it again.',
    rules: ['aks.api-server-access', 'aks.attached', 'aks.private-link-unsupported', 'aks.outbound-default'],
    source: computes,
  },
  {
    names: ['Credentials of the storage account are not available to the cluster'],
    text: /failed to acquire CSI storage account credentials|unable to upload project files to working directory/i,
    wraps: true,
    means:
      'The identity of the Kubernetes compute may not read the keys of the account, or the account is closed to the cluster.',
    next: 'Assign Storage Account Contributor and Storage Blob Data Contributor to its identity, and allow the network of the cluster.',
    rules: [
      'storage.bypass-azure-services',
      'storage.resource-instance-rule',
      'aks.storage-same-vnet',
      'storage.private-endpoints',
      'storage.vnet-rule-compute-subnet',
    ],
    source: computes,
  },
  {
    names: ['The token service cannot be reached'],
    text: /connect to the Azure ?ML token service/i,
    means: 'The cluster cannot reach the workspace over the network: private link, DNS or outbound traffic is blocked.',
    next: 'Check the private endpoint and the DNS of the workspace from the virtual network of the cluster.',
    rules: [
      'workspace.private-endpoint',
      'workspace.private-dns',
      'workspace.public-network-access',
      ...reach.slice(0, 1),
      ...reach.slice(3),
    ],
    source: computes,
  },
  {
    names: ['The identity sidecar was terminated'],
    text: /training-identity-sidecar[\s\S]{0,2000}?"?code"?:\s*137/i,
    means: 'The outbound proxy also takes requests to 127.0.0.1, where the sidecar listens.',
    next: 'Add 127.0.0.1 and localhost to the proxy skip range (noProxy) of the extension.',
    rules: [],
    source: computes,
  },
  {
    names: ['KubernetesUnaccessible', 'KubernetesUnauthorized'],
    about: /InvalidCertificate|expired|certificate/i,
    means: 'The certificates of the cluster are not valid any more, so it cannot be accessed.',
    next: 'Rotate the certificates of the AKS cluster, then detach and attach it if the error stays.',
    rules: ['aks.attached', 'aks.api-server-access'],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints, 2025-11',
  },
  {
    names: ['SystemPoolHasRestrictedTaint'],
    text: /custom taints on system pool is not supported/i,
    means:
      'A system node pool of AKS allows no taint but CriticalAddonsOnly and those with the effect PreferNoSchedule.',
    next: 'Put the taint on a user node pool.',
    rules: [],
    source: sources.extensions,
  },
  {
    names: ['SubnetIsDelegated'],
    text: /cannot be used as it'?s a delegated subnet/i,
    means: 'The subnet is delegated to another service: nodes of a Kubernetes cluster cannot use it.',
    next: 'Use a subnet without a delegation.',
    rules: ['aks.subnet-not-delegated', 'compute.subnet-not-delegated'],
    source: 'MicrosoftDocs/azure-docs #69774',
  },
];
