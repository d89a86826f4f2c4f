// What Microsoft's documents say and Azure does not do, or what a test does on purpose. Each exception cites where that is
// known, and carries an exchange that still needs it: the day the documents change, its test fails.
import { previews } from './documents.ts';
import type { Complaint } from './hearing.ts';
import { network, registry, storage, subscription, vault, workspace } from './samples.ts';
import type { Pair } from './validator.ts';

export interface Exception {
  readonly id: string;
  readonly why: string;
  readonly source: string;
  covers(complaint: Complaint): boolean;
  /** Checked against the documents like any other exchange; all that is found in it is what this exception covers. */
  readonly sample: Partial<Pair> & Pick<Pair, 'method' | 'url'>;
}

/** Bastide's own requests are held to the documents; what other clients send shows how Azure takes it. */
const isOurs = ({ said }: Complaint) => said.agent.startsWith('bastide');
const last = (at: string) => at.split(', ')[0]?.split('/').at(-1) ?? '';
const only = (complaint: Complaint, side: Complaint['side'], code: string, operation: RegExp) =>
  complaint.side === side && complaint.code === code && operation.test(complaint.operation);

/** Members of workspaces and computes in the recordings, which the document of 2024-04-01 does not list. */
const undocumented = [
  'etag',
  'creationTime',
  'linkedModelInventoryArmId',
  'sdkTelemetryAppInsightsKey',
  'isPrivateLinkEnabled',
  'allowRoleAssignmentOnRG',
  'softDeleteEnabled',
  'changeableIsolationModes',
  'enableNetworkMonitor',
  'enableFirewallLog',
  'idleTimeBeforeShutdown',
];
/** Unheard-of members, and two of versions to come that the world `foreign` shows early. */
const planted = /^(unknownToClients|unheardOf|zz[A-Z]\w*|privateEndpointVNetPolicies|dualStackEndpointPreference)$/;
/** Values that oav takes for unknown where they are spelt in other letters, instead of complaining of the letters. */
const spelt = /"(AmlCompute|ComputeInstance|AzureBlob|AzureFile|AzureDataLakeGen2|FQDN|ServiceTag|PrivateEndpoint)"/i;

export const exceptions: readonly Exception[] = [
  {
    id: 'undocumented-members',
    why: 'The service shows members of workspaces, computes and private endpoint connections that no document lists.',
    source: 'the recorded answers MachineLearningWorkspace*',
    covers: (complaint) =>
      (only(complaint, 'response', 'OBJECT_ADDITIONAL_PROPERTIES', /./) && last(complaint.at) === 'subnetArmId') ||
      (only(complaint, 'response', 'OBJECT_ADDITIONAL_PROPERTIES', /^(Workspaces|Compute)_/) &&
        undocumented.includes(last(complaint.at))),
    sample: {
      method: 'GET',
      url: `${workspace.id}?api-version=2024-04-01`,
      responseBody: { ...workspace, etag: null, properties: { ...workspace.properties, creationTime: '2024-01-01' } },
    },
  },
  {
    id: 'planted',
    why: 'Worlds and tests plant members and values nobody knows, to see that they survive every write.',
    source: 'the law of edits: unknown members survive every write (test/model/edit.test.ts)',
    covers: ({ code, at, message }) =>
      (code === 'OBJECT_ADDITIONAL_PROPERTIES' && planted.test(last(at))) ||
      (code === 'ENUM_MISMATCH' && /: (Audit|Watch)$/.test(message)),
    sample: {
      method: 'GET',
      url: `${storage.id}?api-version=2023-05-01`,
      responseBody: { ...storage, zzFirst: 1 },
    },
  },
  {
    id: 'letter-case',
    why: 'Azure keeps and shows values of enums in the letter case in which they were once sent.',
    source: 'recorded values (TCP, Standard, Get); oav flags open enums for letter case alone',
    covers: ({ code, message }) =>
      code === 'ENUM_CASE_MISMATCH' || (code === 'DISCRIMINATOR_VALUE_NOT_FOUND' && spelt.test(message)),
    sample: {
      method: 'GET',
      url: `${vault.id}?api-version=2023-07-01`,
      responseBody: { ...vault, properties: { ...vault.properties, sku: { family: 'A', name: 'Standard' } } },
    },
  },
  {
    id: 'preview-members',
    why: 'Previews, and a version without a document, show and take subnet rules of a registry, the IP list of a workspace, and idle times of a compute.',
    source: 'the previews of test/judges/documents.ts',
    covers: ({ code, said, at }) =>
      code === 'OBJECT_ADDITIONAL_PROPERTIES' &&
      previews.some(({ version }) => said.url.includes(version)) &&
      /^(virtualNetworkRules|ipAllowlist|idleTimeBeforeShutdown)$/.test(last(at)),
    sample: {
      method: 'GET',
      url: `${registry.id}?api-version=2021-08-01-preview`,
      responseBody: {
        ...registry,
        properties: { networkRuleSet: { defaultAction: 'Deny', virtualNetworkRules: [{ id: network.id }] } },
      },
    },
  },
  {
    id: 'next-link-required',
    why: 'The document of 2022-12-01 requires nextLink, which the last page has not.',
    source: 'Azure RPC: on the last page nextLink is absent or null, never ""',
    covers: (complaint) =>
      only(complaint, 'response', 'OBJECT_MISSING_REQUIRED_PROPERTY', /^(Subscriptions|Tenants)_List$/) &&
      last(complaint.at) === 'nextLink',
    sample: { method: 'GET', url: '/subscriptions?api-version=2022-12-01', responseBody: { value: [] } },
  },
  {
    id: 'query-errors',
    why: 'A query that Azure Resource Graph cannot parse is refused with the place and the token, which no document lists.',
    source: 'the answer ParserFailure as issues of the Azure CLI quote it, 2026-11-28',
    covers: (complaint) =>
      complaint.code === 'OBJECT_ADDITIONAL_PROPERTIES' &&
      complaint.said.url.includes('/providers/Microsoft.ResourceGraph/resources') &&
      /^(line|characterPositionInLine|token|expectedToken)$/.test(last(complaint.at)),
    sample: {
      method: 'POST',
      url: '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01',
      status: 400,
      requestBody: { query: 'resources | sort' },
      responseBody: {
        error: {
          code: 'BadRequest',
          message: 'Please provide below info when asking for support.',
          details: [
            { code: 'ParserFailure', message: 'ParserFailure', line: 1, characterPositionInLine: 16, token: 'sort' },
          ],
        },
      },
    },
  },
  {
    id: 'service-tag-features',
    why: 'The service shows networkFeatures of a tag, which the document does not list.',
    source: 'service-tags/api-shape.sample.json',
    covers: (complaint) =>
      only(complaint, 'response', 'OBJECT_ADDITIONAL_PROPERTIES', /^ServiceTags_List$/) &&
      last(complaint.at) === 'networkFeatures',
    sample: {
      method: 'GET',
      url: `${subscription}/providers/Microsoft.Network/locations/westeurope/serviceTags?api-version=2024-01-01`,
      responseBody: { values: [{ name: 'Storage', properties: { networkFeatures: ['NSG'] } }] },
    },
  },
  {
    id: 'ignored-in-patch',
    why: 'Id, name, type and place come from the URL, a network takes only tags, a stable version no IP list: all else is ignored.',
    source:
      'Azure RPC: the URL decides id, name and type; a PATCH of networks takes tags only; docs/rules/workspace.ip-allowlist.md',
    covers: (complaint) =>
      !isOurs(complaint) &&
      (only(complaint, 'request', 'OBJECT_ADDITIONAL_PROPERTIES', /_UpdateTags$/) ||
        (only(complaint, 'request', 'OBJECT_ADDITIONAL_PROPERTIES', /_Update$/) &&
          /^\/(id|name|type|location|properties\/ipAllowlist)$/.test(complaint.at))),
    sample: {
      method: 'PATCH',
      url: `${storage.id}?api-version=2023-05-01`,
      requestBody: { name: 'other' },
      responseBody: storage,
    },
  },
  {
    id: 'read-only-in-put',
    why: 'Other clients send back what they read, read-only members included, and Azure ignores those.',
    source: 'Azure RPC: provisioningState in a request is ignored; oav flags a body that is sent back as read',
    covers: (complaint) =>
      !isOurs(complaint) && only(complaint, 'request', 'READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST', /_CreateOrUpdate$/),
    sample: {
      method: 'PUT',
      url: `${network.id}?api-version=2024-01-01`,
      requestBody: network,
      responseBody: network,
    },
  },
  {
    id: 'bare-errors',
    why: 'Azure DNS and AKS were recorded to answer with an error that is the whole body.',
    source:
      'recordings of azure-cli and azure-service-operator, 2026: PreconditionFailed of zones, NotFound of agent pools',
    covers: ({ side, code, at, said }) =>
      side === 'response' &&
      said.status >= 400 &&
      /\/(?:privateDnsZones|managedClusters)\//i.test(said.url) &&
      (code === 'ERROR_ENVELOPE' ||
        (code === 'OBJECT_ADDITIONAL_PROPERTIES' && /^(code|message|target)$/.test(last(at)))),
    sample: {
      method: 'PUT',
      url: `${network.id.replace(/virtualNetworks.*/, 'privateDnsZones/example.com')}?api-version=2024-06-01`,
      status: 412,
      requestBody: { location: 'global' },
      responseBody: { code: 'PreconditionFailed', message: 'The Zone example.com exists already.' },
    },
  },
  {
    id: 'sent-as-recorded',
    why: 'Tests send what other clients were recorded to send and Azure took: a member of an older preview, a DELETE without its action.',
    source: 'recordings of azure-cli (anonymousPullEnabled) and azure-cli-extensions (computes), 2026',
    covers: (complaint) =>
      !isOurs(complaint) &&
      ((complaint.code === 'OBJECT_ADDITIONAL_PROPERTIES' && last(complaint.at) === 'anonymousPullEnabled') ||
        only(complaint, 'request', 'MISSING_REQUIRED_PARAMETER', /^Compute_Delete$/)),
    sample: {
      method: 'PATCH',
      url: `${registry.id}?api-version=2023-07-01`,
      requestBody: { properties: { anonymousPullEnabled: true } },
      responseBody: registry,
    },
  },
];
