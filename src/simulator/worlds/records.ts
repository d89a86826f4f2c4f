// Worlds about the records of private endpoints. "records": a zone without a record, a record with an old address, and one that a
// second endpoint in another network has written over; and no compute builds images, which ACR Tasks may not do. "closed-records":
// records made by hand alone, and a second endpoint with a zone of its own for its network.
import { closedByPrivateEndpoints } from './bases.ts';
import type { WorldDraft } from './draft.ts';
import { ofAccount, ofRegistry, ofVault, setWorkspace } from './faults.ts';
import { account, computeSubnets, group, inGroup, principal, registry, subnet, vault, zoneId } from './names.ts';
import { type EndpointConnectionSpec, endpointId, readerOn } from './private-endpoint-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const farNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-far');
const [blobZone, fileZone, vaultZone] = [
  zoneId('privatelink.blob.core.windows.net'),
  zoneId('privatelink.file.core.windows.net'),
  zoneId('privatelink.vaultcore.azure.net'),
];
const endpoint = (name: string): string => inGroup('Microsoft.Network/privateEndpoints', name);

/** The blob endpoint of stmldata in a network that is not peered with that of the computes. */
const secondEndpoint = (zone: string): EndpointConnectionSpec => ({
  ...{ name: 'pe-stmldata-blob-far', target: account('stmldata'), group: 'blob', address: '10.30.1.9' },
  ...{ subnet: `${farNetwork}/subnets/snet-pe`, zones: [zone] },
});
function addFarNetwork(draft: WorldDraft, zone: string): void {
  draft.networks[farNetwork] = { space: '10.30.0.0/16', subnets: { 'snet-pe': { prefix: '10.30.1.0/24' } } };
  const second = secondEndpoint(zone);
  draft.endpoints.push(second);
  draft.bodies.push(readerOn(endpointId(second), principal));
}

/** Records made by hand in place of the zone group. */
function byHand(draft: WorldDraft, isMeant: (spec: EndpointConnectionSpec) => boolean, address?: string): void {
  draft.endpoints = draft.endpoints.map((spec) => {
    if (!isMeant(spec)) return spec;
    const { zones = [], ...rest } = spec;
    return { ...rest, recordsIn: zones, ...(address === undefined ? {} : { recordAddress: address }) };
  });
}

const faults: readonly PlantedFault[] = [
  ofAccount('stmlsim')('storage.private-dns', 'The file zone has no record of it.', (draft) => {
    draft.endpoints = draft.endpoints.map((spec) => (spec.name === 'pe-stmlsim-file' ? { ...spec, zones: [] } : spec));
  }),
  faultsOf(endpoint('pe-stmlsim-file'), fileZone)('dns.endpoint-record', 'It has no record.'),
  ofVault('keyvault.private-endpoint', 'Its record has an address of no endpoint.', (draft) =>
    byHand(draft, ({ target }) => target === vault, '10.0.4.222'),
  ),
  faultsOf(endpoint('pe-kv-mlsim-vault'), vaultZone)('dns.endpoint-record', 'Its record names 10.0.4.222.'),
  ofAccount('stmldata')('storage.private-dns', 'Its blob record names an endpoint in a network that is not peered.'),
  faultsOf(endpoint('pe-stmldata-blob'), blobZone)('dns.endpoint-record', 'A second endpoint wrote over its record.'),
  ...[...computeSubnets, subnet('snet-serverless')].map((where) =>
    faultsOf(where, endpoint('pe-stmldata-blob-far'))('compute.endpoint-path', 'The name leads to it.'),
  ),
  faultsOf(blobZone, account('stmldata'))('dns.endpoint-collision', 'Two endpoints write one record.', (draft) => {
    addFarNetwork(draft, blobZone);
    draft.zonesLinkedElsewhere[blobZone] = [...draft.zoneLinks, farNetwork];
  }),
  ofRegistry(
    'acr.image-build-compute',
    'No compute is set to build images.',
    setWorkspace({ imageBuildCompute: undefined }),
  ),
  ofRegistry('acr.tasks-bypass', 'ACR Tasks do not pass the closed registry, as by default.'),
];

export const records = world({
  name: 'records',
  title: 'Private endpoints with missing, old and overwritten DNS records',
  base: closedByPrivateEndpoints,
  setup: (draft) => byHand(draft, ({ target }) => target === registry),
  faults,
});

export const closedRecords = world({
  name: 'closed-records',
  title: 'DNS records made by hand, and a zone for each network, no faults',
  base: closedByPrivateEndpoints,
  setup(draft) {
    byHand(draft, () => true);
    const own = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
    addFarNetwork(draft, own);
    draft.zonesLinkedElsewhere[own] = [farNetwork];
  },
});
