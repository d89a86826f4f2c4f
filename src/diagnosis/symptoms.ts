// What an error says that is not known by its code: which service it is about (by host name, else by words) and what went wrong. The
// two select the rules that check a possible cause. Silent where the words could as well mean something else. Pure.
import { dataErrorIn } from './data-errors.ts';
import type { KnownError } from './known-error.ts';
import { about, namesHost, outbound, type Service, serviceIn } from './services.ts';

type Symptom =
  | 'notApproved'
  | 'rules'
  | 'nameNotResolved'
  | 'certificate'
  | 'denied'
  | 'permission'
  | 'unreachable'
  | 'mount'
  | 'pull'
  | 'download';

/** In this order: a name that is not resolved ends in a connection that fails as well. */
const symptoms: readonly (readonly [Symptom, RegExp])[] = [
  [
    'rules',
    /\b(?:network security group|NSG)\b.{0,400}\b(?:missing|requires?|required|not allow|blocks?|block(?:ed|ing)|den(?:y|ies|ied))\b|\b(?:missing|requires?|blocked by|denied by)\b.{0,120}\b(?:network security group|NSG|security rules?)\b/is,
  ],
  [
    'notApproved',
    /(?:approv\w{1,8}|pending|rejected|disconnected) private (?:endpoint|link)(?: connections?)?\b|private (?:endpoint|link)(?: service)?(?: connections?)?\b.{0,80}\b(?:pending|not (?:yet )?(?:been )?approved|awaiting approval|rejected|disconnected)\b/is,
  ],
  [
    'nameNotResolved',
    /DNS[ _](?:error|failure|lookup fail|resolution fail)|misconfigured DNS|ERR_NAME_NOT_RESOLVED|NameResolution|getaddrinfo|\bENOTFOUND\b|\bEAI_AGAIN\b|name or service not known|(?:could(?: not|n['\u2019]t)|cannot|can['\u2019]t|failed to|unable to) resolve\b(?! (?:\w+ )?(?:reference|dependenc|package|conflict|import|module|environment|type))|name resolution|nodename nor servname|\bno such host\b|\bNXDOMAIN\b|NameResolutionError|(?:remote name|host(?: ?name)?) could not be (?:resolved|found)|UnknownHost|unknown host|server can['\u2019]t find/i,
  ],
  [
    'certificate',
    /certificate[ _](?:verify|verification|validation)|\b(?:invalid|untrusted|expired|unknown) (?:ssl |tls |server |root )?certificate|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate|\bx509:|unable to get (?:local )?issuer|(?:remote|server|peer) certificate|certificate (?:is (?:invalid|not trusted)|signed by unknown)|SSLCertVerification|\bSSLError\b|SSL (?:routines|handshake)|net::ERR_(?:CERT|SSL)\w*|TLS handshake (?:error|fail)|doesn['\u2019]t match (?:either|host)/i,
  ],
  [
    'denied',
    /private[- ]link\b.{0,80}|(?:firewall|virtual network|vnet|network (?:rules?|acls?|settings|restrictions?|isolation))\b.{0,60}\b(?:den(?:y|ies|ied)|block(?:s|ed|ing)?|forbid\w*|prevents?|restricts?)\b|\b(?:denied|blocked|forbidden|rejected|prevented)\b.{0,60}\b(?:firewall|virtual network|vnet|network (?:rules?|acls?|settings|restrictions?))\b|public access is (?:disabled|denied|not allowed|not permitted(?! on this storage account))|(?:outside|not (?:from|via|over|through|using|coming)).{0,60}\b(?:designated )?private (?:link|endpoint)|public (?:network )?access (?:is|was|has been)? ?(?:disabled|denied|not (?:allowed|permitted|enabled))|NetworkIsolation\w*|(?:blocked|denied|refused|rejected|not allowed) (?:by|due to|because of) (?:the )?(?:\w+ )?(?:firewall|network|virtual network|vnet|ip|acl)|(?:ip|address|client)\b.{0,60}\b(?:is )?not (?:allowed|authorized|permitted|in the allow)|did not issue a challenge|behind (?:a |the )?(?:firewall|virtual network|vnet)|traffic is not (?:from|allowed)|not authorized to (?:access|perform).{0,80}\b(?:network|virtual|vnet|firewall)/is,
  ],
  [
    'pull',
    /ImagePullBackOff|ErrImagePull|failed to pull (?:and unpack )?image|pull access denied|cannot pull|error pulling image|image pull|pull(?:ing)? (?:docker |container )?image\b.{0,160}\bfail|AcrPull|pull permission|\bimage\b.{0,120}\bis not accessible/is,
  ],
  [
    'mount',
    /(?:cannot|could not|can['\u2019]t|unable to|failed to|error) mount(?!.{0,80}plugin)|mount(?:ing)? .{0,60}\bfail|mount error\(|DatasetMount\w*|mount .{0,40}(?:timed out|permission denied)|\bMount ?Error\b|transport endpoint is not connected|system error (?:53|67)\b|network path was not found|unable to start blobfuse|\bmount[_.]\w+: .{0,80}(?:fail|timed out|denied)|\bCIFS: (?:VFS|Attempting to mount)|\bMountVolume\.\w+ failed|cifs_mount failed/i,
  ],
  [
    'unreachable',
    /(?:connect|socket|dial|tcp|\bhost\b|i\/o|ssl|read|port).{0,160}(?:timed? ?out\b(?! waiting for the condition))|(?:timed? ?out\b).{0,60}(?:connect|socket|host)|\bETIMEDOUT\b|\bECONNRE(?:SET|FUSED)\b|\bEHOSTUNREACH\b|\bENETUNREACH\b|connection (?:was )?(?:refused|reset|aborted|closed|failed)|connection was forcibly closed|\bErrno (?:110|111|104|101|113)\b|failed to establish (?:a|an|the)?(?: new| outbound)? ?connection|max retries exceeded|(?:could(?: not|n['\u2019]t)|cannot|can['\u2019]t|unable to|not able to|failed to|attempting to|trying to) (?:\w+ )?(?:connect|reach|communicate|contact)\b|net::ERR_(?:CONNECTION|TIMED_OUT|TUNNEL|ADDRESS)\w*|HTTP 000\b|no route to host|network is unreachable|deadline exceeded|socket hang ?up|remote end closed|BAD_NETWORK_CONNECTIVITY|ConnectionError\b|ConnectTimeout|not reachable|unreachable|remote disconnected|SSL_ERROR_SYSCALL|connectivity (?:check|test)\b.{0,120}\bfail|(?:not allow|blocks?)\b.{0,40}\boutbound|\boutbound conn\w*\b.{0,60}\b(?:not available|fail\w*|blocked|denied)|\bunexpected EOF\b|: EOF\b|EOF occurred in violation|\(from versions: none\)|TLS handshake timeout|first record does not look like a TLS handshake|Connection ?Reset|Connection ?Refused|could not be reached|fail(?:ed|ure) (?:to )?(?:connect|connecting)|connectivity (?:issue|error|problem)|\b(?:request|token|operation)\b.{0,60}\btimed out(?! waiting for the condition)|\bnetwork (?:failure|error|timeout|connectivity (?:issue|error|failure))\b|\bERR_NETWORK\b|failed to fetch\b|connection failure|\bECONNABORTED\b|\bbroken pipe\b/i,
  ],
  [
    'permission',
    /permission ?denied|insufficient permission|authentication failed|access (?:is |was )?denied|AuthorizationPermissionMismatch|not authori[sz]ed|unauthori[sz]ed|unauthorised|insufficient privileges|not allowed to access|AuthenticationException|\bforbidden\b|\b40[13]\b|do(?:es)?(?: not|n['\u2019]t) have (?:authorization|permission|access)|lacks? permission|credentials? .{0,40}(?:invalid|fail)|(?:auth(?:entication|orization)?|challenge|token (?:exchange|retrieval|refresh)|get AAD token)[ _]?(?:challenge )?(?:error|failure|failed)|(?:retriev|refresh|exchang|acquir|fetch|obtain)\w{0,8} .{0,80}\btoken\b|required permissions?|not have (?:the )?(?:required )?permissions?|access is not authorized|(?:could(?: not|n['\u2019]t)|cannot|can['\u2019]t|unable to|failed to) (?:be )?(?:up|down)load|BlobAccessDenied|(?:authentication|authorization) (?:error|fail)|(?:cannot|could not|unable to) access\b|(?:is|are|be) not accessible|inaccessible|if \w+(?: \w+)? (?:identity )?has access/i,
  ],
  [
    'download',
    /download\w{0,8}\b.{0,60}\b(?:failed|failure|timed out)|(?:failed to|could(?: not|n['\u2019]t)|unable to|error) (?:download|fetch)\w*/i,
  ],
];

/** Ends that no network setting explains, whatever else the text says. */
const elsewhere =
  /\bmanifest (?:unknown|for .{1,200} not found)|\bNCCL\b|fuse: device not found|insufficient memory|out of memory|\bOOM(?:Killed)?\b|circular structure|errors? in your scoring|init\(\) function|ModuleNotFoundError|ImportError|SyntaxError|IndentationError|disk quota exceeded|no space left on device|no volume plugin matched|CUDA (?:error|out)|ENOSPC|UserScript\w+|ScoringScript|(?:user|submitted) (?:script|program) failed|\bchecksum\b|(?:must|should|needs? to) be (?:specified|set|provided|given|configured) in (?:the |your )?\w*\.?config|\black of credentials\b|liveness probe|readiness probe/i;

/** A program of the same machine that does not answer: no network is between. */
const sameMachine = /\b(?:localhost|127\.0\.0\.1)\W{1,4}(?:port=?)?\d{2,5}/i;

/** Rules that check whether the private endpoints of a service are approved. */
const approvals: readonly string[] = [
  'storage.private-endpoints',
  'keyvault.private-endpoint',
  'acr.private-endpoint',
  'workspace.private-endpoint',
  'acr.shared-private-link-approved',
];

/** Security rules that compute needs, those that are missing most often first. */
const securityRules = [
  'nsg.outbound-azureml-ports',
  'nsg.outbound-storage',
  'nsg.outbound-storage-445',
  'nsg.outbound-batchnodemanagement',
  'nsg.inbound-azureml-44224',
  'nsg.outbound-azureml',
  'nsg.outbound-entra',
  'nsg.outbound-vnet',
  'nsg.allow-before-deny',
] as const;

const everyZone = [
  'workspace.private-dns',
  'storage.private-dns',
  'keyvault.private-endpoint',
  'acr.private-endpoint',
  'dns.endpoint-record',
];
const source = 'the words of the message; no code of it is known';

/** What the words of a text mean; undefined where they could mean something else. */
export function symptomIn(given: string): KnownError | undefined {
  const ofData = dataErrorIn(given);
  if (ofData !== undefined) return ofData;
  const text = withPlainWords(given);
  if (elsewhere.test(text)) return undefined;
  if (sameMachine.test(text) && !namesHost(text)) return undefined;
  const met = symptoms.filter(([, pattern]) => pattern.test(text)).map(([symptom]) => symptom);
  if (met.length === 0) return undefined;
  const service = serviceIn(text);
  const isNetwork = /\b(?:firewall|virtual network|vnet|public (?:network )?access|private (?:endpoint|link))\b/i.test(
    text,
  );
  const isRemote = /\b(?:compute|instance|node|cluster|server|pod|container)\b/i.test(text);
  for (const symptom of met) {
    const said = symptom === 'download' && !isRemote ? undefined : meaningOf(symptom, service, isNetwork);
    if (said !== undefined) return { ...said, source };
  }
  return undefined;
}

/** The text, and the words that its codes are made of: `AcrRefreshTokenRetrievalError`, `CONNECTIVITY_DNS_ERROR`. */
function withPlainWords(text: string): string {
  const codes = text.match(/\b[A-Za-z]*(?:[a-z][A-Z]|[A-Za-z]_[A-Za-z]|[A-Z]{2}[a-z])\w*/g) ?? [];
  const words = [...new Set(codes)].slice(0, 200).map((code) =>
    code
      .replace(/_/g, ' ')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/(?<=[A-Z]{2})(?=[A-Z][a-z])/g, ' '),
  );
  return [text, ...words].join('\n');
}

type Meaning = Omit<KnownError, 'source'>;

function meaningOf(symptom: Symptom, service: Service | undefined, isNetwork: boolean): Meaning | undefined {
  const { name, network, dns, role } = service === undefined ? nowhere : about[service];
  switch (symptom) {
    case 'notApproved':
      return {
        names: ['A private endpoint connection is not approved'],
        means:
          'The owner of the service has not approved the private endpoint connection, so no traffic passes through it.',
        next: 'Approve the connection on the target resource. For a managed network, assign Azure AI Enterprise Network Connection Approver to the workspace identity.',
        rules: [
          ...(service === undefined ? approvals : [...dns.filter((rule) => approvals.includes(rule))]),
          'workspace.managed-network-approver',
          'workspace.managed-network-provisioned',
        ],
      };
    case 'rules':
      return {
        names: ['A network security group blocks required traffic'],
        means:
          'The network security group (NSG) of the subnet lacks a security rule that compute needs, or a rule before it denies the traffic.',
        next: 'Add the security rule that the message names, or give it a priority before the rule that denies.',
        rules: [...securityRules],
      };
    case 'nameNotResolved':
      return {
        names: ['A host name is not resolved'],
        means: `DNS does not resolve the host name${service === undefined ? '' : ` of ${name}`} from where the request was made.`,
        next: 'Check the private DNS zones, their links to the virtual network, and the forwarders of custom DNS servers.',
        rules: dns.length === 0 ? everyZone : dns,
      };
    case 'certificate':
      return {
        names: ['A certificate is not accepted'],
        means:
          'Another certificate answered than the client expects: a firewall or proxy inspects TLS, or DNS resolves the name to another address.',
        next: 'Exempt the host names from TLS inspection, or install its root certificate. Check the address that DNS gives.',
        rules: [
          'firewall.in-path',
          'firewall.current-rules',
          'firewall.application-rules',
          ...(dns.length === 0 ? everyZone : dns),
        ],
      };
    case 'denied':
      if (service === undefined) return isNetwork ? deniedSomewhere : undefined;
      return {
        names: [`Network access to ${name} is denied`],
        means: `The firewall or the private link setting of ${name} does not allow the network that the request came from.`,
        next: 'Allow the address or subnet of the client, or connect over the private endpoint.',
        rules: network.filter(isOfService),
      };
    case 'unreachable':
      return {
        names: [service === undefined ? 'A connection fails' : `${sentenceCase(name)} cannot be reached`],
        means: `The connection${service === undefined ? '' : ` to ${name}`} is reset, refused or times out. An NSG, a route, a proxy or a firewall may block outbound traffic.`,
        next: 'Follow the path from the source with `bastide path`, and allow the traffic where it is blocked.',
        rules: [...network, ...dns.filter((rule) => !network.includes(rule))],
      };
    case 'mount':
      return {
        names: ['Data cannot be mounted'],
        means: 'The compute cannot reach or read the storage account: its firewall, the identity, or an empty path.',
        next: 'Check the storage firewall for the subnet of the compute, the role of the identity, and the path.',
        rules: [...about.storage.network, 'nsg.outbound-storage-445', 'storage.private-dns'],
      };
    case 'pull':
      return {
        names: ['An image cannot be pulled'],
        means:
          'The compute cannot reach or read the container registry: its firewall, the role of the identity, or outbound traffic.',
        next: 'Check the registry firewall for the network of the compute, the role AcrPull of its identity, and outbound traffic.',
        rules: service === 'mcr' ? about.mcr.network : about.registry.network,
      };
    case 'download':
      // The words that name the workspace say who downloads, not from where.
      if (service !== undefined && service !== 'packages' && service !== 'workspace') return undefined;
      return {
        names: ['A download fails'],
        means:
          'What the compute downloads does not arrive: outbound traffic to its host is blocked, or the host is down.',
        next: 'Allow the host in NSG, route table and firewall of the compute; follow the path with `bastide path`.',
        rules: about.packages.network,
      };
    case 'permission':
      if (service === undefined || role === '') return undefined;
      return {
        names: [`Access to ${name} is denied`],
        means: `The identity has no permission on ${name}, or its firewall blocks the network that the request came from.`,
        next: `Assign ${role}. If the role is there, allow the network of the client.`,
        rules: network.filter(isOfService),
      };
  }
}

/** Where the service answered, the traffic arrived: rules of the path say nothing. */
const isOfService = (rule: string): boolean => !/^(?:nsg|udr|firewall)\.|explicit-outbound/.test(rule);

/** Denied by a network setting, the service not named. */
const deniedSomewhere: Meaning = {
  names: ['A service firewall denies network access'],
  means:
    'The firewall or public network access setting of a service does not allow the network that the request came from.',
  next: 'Find which service was called, and allow the network of the client or use its private endpoint.',
  rules: [
    ...['workspace.public-network-access', 'workspace.private-endpoint', 'workspace.ip-allowlist'],
    ...['storage.vnet-rule-compute-subnet', 'storage.dev-client-ip', 'storage.public-network-access'],
    ...['keyvault.vnet-rule-compute-subnet', 'acr.vnet-rule-compute-subnet', 'acr.public-endpoint-kept'],
  ],
};

const nowhere: (typeof about)[Service] = { name: '', network: outbound, dns: [], role: '' };
const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
