// Samples of the rules about private endpoints of accounts and vaults: what is changed in a closed workspace, and what the rule
// says then.
import {
  connection,
  datastore,
  datastoreId,
  endpoint,
  endpointId,
  ids,
  type Loose,
  refused,
  type Scene,
  subnet,
  subscription,
  vnet,
  withEndpoint,
  withLake,
  withZone,
  zoneId,
} from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

const { table, rule } = sampling();

const properties = (scene: Scene, id: string): Loose => scene.bodies[id].properties;
/** No subnet rule anywhere, and private endpoints wished for. */
const wished: SampleChange = (scene) => {
  for (const id of [ids.account, ids.vault]) properties(scene, id).networkAcls.virtualNetworkRules = [];
  scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
};
const wired =
  (target: string, group: string, at: string = ids.pe): SampleChange =>
  (scene) => {
    withEndpoint(scene, target, [group], at);
  };
/** An endpoint that waits for approval. */
const waiting =
  (target: string, group: string): SampleChange =>
  (scene) => {
    const name = `pe-waiting-${group}`;
    const { privateEndpointConnections } = properties(scene, target);
    properties(scene, target).privateEndpointConnections = [
      ...(privateEndpointConnections ?? []),
      connection(target, name, 'Pending'),
    ];
    const body = endpoint(name, target, [group], ids.pe);
    body.properties.manualPrivateLinkServiceConnections = body.properties.privateLinkServiceConnections;
    body.properties.privateLinkServiceConnections = [];
    scene.bodies[endpointId(name)] = body;
    const own = connection(target, name, 'Pending');
    scene.bodies[own.id] = own;
  };
/** The body of the endpoint may not be read; its target shows the connection. */
const unreadable =
  (target: string, group: string): SampleChange =>
  (scene) => {
    const id = endpointId(`pe-${target.split('/').at(-1)}-${group}`);
    Reflect.deleteProperty(scene.bodies, id);
    scene.gaps.push(refused(id, 'Microsoft.Network/privateEndpoints/read'));
  };
const zone =
  (name: string, networks: readonly string[]): SampleChange =>
  (scene) =>
    withZone(scene, `privatelink.${name}`, networks);
const blob = 'blob.core.windows.net';
const file = 'file.core.windows.net';
const vaultZone = 'vaultcore.azure.net';
const lake: SampleChange = (scene) => {
  withLake(scene).properties.networkAcls.virtualNetworkRules = [];
};
const batch: SampleChange = (scene) => Object.assign(scene.intents, { usesBatchEndpoints: true });

const outbound = (target: string, group: string, status: string): Loose => ({
  type: 'PrivateEndpoint',
  status,
  category: 'UserDefined',
  destination: { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false },
});
/** A managed network with rules of these names, each leading to a group of a target in a state. */
const managed =
  (
    rules: Readonly<Record<string, readonly [target: string, group: string, status?: string]>>,
    status = 'Active',
  ): SampleChange =>
  (scene) => {
    for (const id of [ids.account, ids.vault]) properties(scene, id).networkAcls.virtualNetworkRules = [];
    properties(scene, ids.workspace).managedNetwork = {
      isolationMode: 'AllowOnlyApprovedOutbound',
      status: { status },
      outboundRules: Object.fromEntries(
        Object.entries(rules).map(([name, [target, group, state = 'Active']]) => [
          name,
          outbound(target, group, state),
        ]),
      ),
    };
  };
const subnetRule: SampleChange = (scene) => {
  properties(scene, ids.account).networkAcls.virtualNetworkRules = [
    { id: ids.train, action: 'Allow', state: 'Succeeded' },
  ];
};
const toAccount = { blob: [ids.account, 'blob'], file: [ids.account, 'file'] } as const;

rule('storage.private-endpoints', (add) => {
  const blobAndFile = both(wished, wired(ids.account, 'blob'), wired(ids.account, 'file'));
  add('fail', 'blob approved, file missing', both(wished, wired(ids.account, 'blob')), { severity: 'high' });
  add('fail', 'none at all', wished);
  add('fail', 'file waits for approval', both(wished, wired(ids.account, 'blob'), waiting(ids.account, 'file')));
  add('pass', 'both approved', blobAndFile);
  add(
    'pass',
    'both approved, in a network of their own',
    both(wished, wired(ids.account, 'blob', ids.far), wired(ids.account, 'file', ids.far)),
  );
  add('fail', 'batch endpoints ask for queue and table', both(blobAndFile, batch));
  add('fail', 'a lake has blob and no dfs', both(wished, lake, wired(ids.lake, 'blob')), { on: ids.lake });
  add('fail', 'a lake has dfs and no blob', both(wished, lake, wired(ids.lake, 'dfs')), { on: ids.lake });
  const dfsAndBlob = both(wired(ids.lake, 'dfs'), wired(ids.lake, 'blob'));
  add('pass', 'a lake has dfs and blob', both(wished, lake, dfsAndBlob), { on: ids.lake });
  const asBlobs: SampleChange = (scene) => {
    scene.bodies[datastoreId('lake')].properties.datastoreType = 'AzureBlob';
  };
  add('fail', 'a lake behind a blob datastore has no dfs', both(wished, lake, asBlobs, wired(ids.lake, 'blob')), {
    on: ids.lake,
  });
  const shares: SampleChange = (scene) => {
    scene.bodies[datastoreId('shares')] = datastore('shares', 'AzureFile', 'stlake');
  };
  add('fail', 'a lake with shares in use has no file', both(wished, lake, dfsAndBlob, shares), { on: ids.lake });
  add('fail', 'M, a lake without a rule for blob', both(managed({ ...toAccount, dfs: [ids.lake, 'dfs'] }), lake), {
    on: ids.lake,
  });
  add('unknown', 'an approved endpoint may not be read', both(blobAndFile, unreadable(ids.account, 'file')));
  add(
    'unknown',
    'the datastores may not be listed',
    both(blobAndFile, (scene) => {
      scene.gaps.push(refused(`${ids.workspace}/datastores`));
    }),
  );
  add('notApplicable', 'S, an endpoint beside it', (scene) => {
    scene.intents = { ...scene.intents, architecture: 'service-endpoint' };
    withEndpoint(scene, ids.account, ['blob'], ids.pe);
  });
  add('pass', 'M, both rules active', managed(toAccount));
  add('pass', 'M, in other letter cases', (scene) => {
    managed({ blob: [ids.account.toUpperCase(), 'Blob', 'active'], file: [ids.account, 'FILE', 'ACTIVE'] })(scene);
  });
  add(
    'fail',
    'M, both rules asleep',
    managed({ blob: [ids.account, 'blob', 'Inactive'], file: [ids.account, 'file', 'Inactive'] }, 'Inactive'),
  );
  add('fail', 'M, no rule for files', managed({ blob: [ids.account, 'blob'] }));
  add('fail', 'M, no rule at all', managed({}));
  add('unknown', 'M, the rules are not shown', (scene) => {
    managed({})(scene);
    Reflect.deleteProperty(properties(scene, ids.workspace).managedNetwork, 'outboundRules');
  });
});

rule('storage.private-dns', (add) => {
  const ends = both(wished, wired(ids.account, 'blob'), wired(ids.account, 'file'));
  const zoned = both(ends, zone(blob, [ids.vnet]), zone(file, [ids.vnet]));
  add('fail', 'blob linked, file not', both(ends, zone(blob, [ids.vnet]), zone(file, [])), { severity: 'high' });
  add('fail', 'no zone at all', ends);
  add('fail', 'linked to another network only', both(ends, zone(blob, [ids.vnet]), zone(file, [ids.farVnet])));
  add('pass', 'both linked', zoned);
  add(
    'pass',
    'linked in another letter case',
    both(ends, zone(blob, [ids.vnet.toUpperCase()]), zone(file, [ids.vnet])),
  );
  add(
    'fail',
    'the endpoint’s own network linked, the computes’ not',
    both(wished, wired(ids.account, 'blob', ids.far), zone(blob, [ids.farVnet])),
  );
  add('notApplicable', 'no endpoint', wished);
  add('notApplicable', 'S', asIs);
  add(
    'unknown',
    'zones may not be listed',
    both(ends, (scene) => {
      scene.gaps.push(refused(`/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`));
    }),
  );
  add(
    'unknown',
    'links may not be listed',
    both(ends, zone(blob, []), zone(file, []), (scene) => {
      for (const name of [blob, file]) scene.gaps.push(refused(`${zoneId(`privatelink.${name}`)}/virtualNetworkLinks`));
    }),
  );
  add('unknown', 'an endpoint may not be read', both(zoned, unreadable(ids.account, 'file')));
  add(
    'unknown',
    'the network asks servers of its own',
    both(zoned, (scene) => {
      properties(scene, ids.vnet).dhcpOptions = { dnsServers: ['10.0.0.4'] };
    }),
  );
  add(
    'pass',
    'M, the network of the client’s endpoint linked',
    both(managed(toAccount), wired(ids.account, 'blob', ids.far), zone(blob, [ids.farVnet])),
  );
  add(
    'fail',
    'M, the network of the client’s endpoint not linked',
    both(managed(toAccount), wired(ids.account, 'blob', ids.far), zone(blob, [ids.vnet])),
  );
  add('notApplicable', 'M, none of the client’s', managed(toAccount));
});

rule('storage.one-endpoint-kind', (add) => {
  add('fail', 'a subnet rule beside outbound rules', both(managed(toAccount), subnetRule), { severity: 'medium' });
  add('fail', 'a subnet rule beside an endpoint of yours', both(managed({}), subnetRule, wired(ids.account, 'blob')));
  add('pass', 'endpoints alone', managed(toAccount));
  add('pass', 'a subnet rule alone', both(managed({}), subnetRule));
  add('pass', 'neither', managed({}));
  add(
    'unknown',
    'the list of subnet rules is none',
    both(managed(toAccount), (scene) => {
      properties(scene, ids.account).networkAcls.virtualNetworkRules = 'all of them';
    }),
  );
  add('notApplicable', 'S', asIs);
  add('notApplicable', 'P', both(wished, wired(ids.account, 'blob'), subnetRule));
});

rule('keyvault.private-endpoint', (add) => {
  const end = both(wished, wired(ids.vault, 'vault'));
  add('pass', 'linked', both(end, zone(vaultZone, [ids.vnet])));
  add('fail', 'the zone is linked to another network only', both(end, zone(vaultZone, [ids.farVnet])), {
    severity: 'high',
  });
  add('fail', 'no zone', end);
  add('fail', 'no endpoint', both(wished, zone(vaultZone, [ids.vnet])));
  add('fail', 'it waits for approval', both(wished, waiting(ids.vault, 'vault'), zone(vaultZone, [ids.vnet])));
  add(
    'fail',
    'an endpoint in a network that is not peered',
    both(wished, wired(ids.vault, 'vault', ids.far), zone(vaultZone, [ids.vnet, ids.farVnet])),
  );
  add(
    'pass',
    'an endpoint in a peered network',
    both(
      wished,
      (scene) => {
        const hub = `${ids.vnet}-hub`;
        scene.bodies[hub] = vnet(hub, 'westeurope', '10.5.0.0/16', [subnet(`${hub}/subnets/snet-hub`, '10.5.1.0/24')]);
        properties(scene, ids.vnet).virtualNetworkPeerings = [
          { properties: { remoteVirtualNetwork: { id: hub }, peeringState: 'Connected' } },
        ];
        withEndpoint(scene, ids.vault, ['vault'], `${hub}/subnets/snet-hub`);
      },
      zone(vaultZone, [ids.vnet]),
    ),
  );
  add(
    'unknown',
    'the endpoint may not be read',
    both(end, zone(vaultZone, [ids.vnet]), unreadable(ids.vault, 'vault')),
  );
  const shown = both(unreadable(ids.vault, 'vault'), (scene) => {
    properties(scene, ids.vault).privateEndpointConnections[0].properties.privateEndpoint.subnetArmId = ids.pe;
  });
  add(
    'unknown',
    'the endpoint may not be read, and its connection shows its subnet',
    both(end, zone(vaultZone, [ids.vnet]), shown),
  );
  add(
    'unknown',
    'the same, and no compute needs it',
    both(end, zone(vaultZone, [ids.vnet]), shown, (scene) => {
      Reflect.deleteProperty(scene.bodies, `${ids.workspace}/computes/cpu-cluster`);
    }),
  );
  add(
    'unknown',
    'zones may not be listed',
    both(end, (scene) => {
      scene.gaps.push(refused(`/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`));
    }),
  );
  add('notApplicable', 'S', asIs);
  add('pass', 'M, an active rule', managed({ vault: [ids.vault, 'vault'] }));
  add('fail', 'M, a rule asleep', managed({ vault: [ids.vault, 'vault', 'Inactive'] }, 'Inactive'));
  add('fail', 'M, no rule', managed(toAccount));
});

const blobZone = zoneId(`privatelink.${blob}`);
const record = `${blobZone}/A/stmlsim`;
const blobEnd = endpointId('pe-stmlsim-blob');
const oneEnd = both(wished, wired(ids.account, 'blob'), zone(blob, [ids.vnet]));
const recorded =
  (...addresses: readonly string[]): SampleChange =>
  (scene) => {
    properties(scene, record).aRecords = addresses.map((ipv4Address) => ({ ipv4Address }));
  };
const unrecorded: SampleChange = (scene) => {
  Reflect.deleteProperty(scene.bodies, record);
};
/** A second endpoint of the account in the other network, at 10.9.1.5. */
const second: SampleChange = (scene) => {
  const name = 'pe-second';
  const { privateEndpointConnections } = properties(scene, ids.account);
  properties(scene, ids.account).privateEndpointConnections = [
    ...privateEndpointConnections,
    connection(ids.account, name),
  ];
  const body = endpoint(name, ids.account, ['blob'], ids.far);
  body.properties.customDnsConfigs = [{ fqdn: `stmlsim.${blob}`, ipAddresses: ['10.9.1.5'] }];
  scene.bodies[endpointId(name)] = body;
};
const linkedToFar: SampleChange = (scene) => {
  const id = `${blobZone}/virtualNetworkLinks/far`;
  scene.bodies[id] = { id, properties: { provisioningState: 'Succeeded', virtualNetwork: { id: ids.farVnet } } };
};
const peered: SampleChange = (scene) => {
  const to = (id: string): Loose => ({ peeringState: 'Connected', remoteVirtualNetwork: { id } });
  properties(scene, ids.vnet).virtualNetworkPeerings = [{ name: 'far', properties: to(ids.farVnet) }];
  properties(scene, ids.farVnet).virtualNetworkPeerings = [{ name: 'ml', properties: to(ids.vnet) }];
};
const groupAt =
  (id: string, addresses?: readonly string[]): SampleChange =>
  (scene) => {
    const recordSets = addresses && [{ recordSetName: 'stmlsim', ipAddresses: addresses }];
    const config = { name: 'blob', properties: { privateDnsZoneId: blobZone, recordSets } };
    const own = `${id}/privateDnsZoneGroups/default`;
    scene.bodies[own] = { id: own, properties: { privateDnsZoneConfigs: [config] } };
  };

rule('dns.endpoint-record', (add) => {
  const on = { on: blobEnd, where: blobZone };
  add('pass', 'a record made by hand', oneEnd, on);
  add('fail', 'an address of nothing', both(oneEnd, recorded('10.0.2.222')), { ...on, severity: 'high' });
  add('fail', 'no record', both(oneEnd, unrecorded), on);
  const versioned = (ipVersionType: string): SampleChange =>
    both(oneEnd, unrecorded, (scene) => {
      properties(scene, blobEnd).ipVersionType = ipVersionType;
    });
  add('fail', 'no record, addresses of both families', versioned('DualStack'), on);
  add('unknown', 'no record, IPv6 addresses alone', versioned('IPv6'), on);
  add(
    'fail',
    'a zone with its SOA alone',
    both(oneEnd, unrecorded, (scene) => {
      scene.unlisted.push(`${blobZone}/A`);
      properties(scene, blobZone).numberOfRecordSets = 1;
    }),
    on,
  );
  add(
    'unknown',
    'records that were not read',
    both(oneEnd, unrecorded, (scene) => {
      scene.unlisted.push(`${blobZone}/A`);
      properties(scene, blobZone).numberOfRecordSets = 2;
    }),
    on,
  );
  add('pass', 'a zone group that a template declares', both(oneEnd, unrecorded, groupAt(blobEnd)), on);
  add('fail', 'the address of a second endpoint elsewhere', both(oneEnd, second, recorded('10.9.1.5')), on);
  add('pass', 'the same, in a peered network', both(oneEnd, second, peered, recorded('10.9.1.5')), on);
  add('notApplicable', 'a zone that is not linked', both(wished, wired(ids.account, 'blob'), zone(blob, [])), {
    on: ids.workspace,
  });
  add('notApplicable', 'no endpoint', wished, { on: ids.workspace });
});

rule('dns.endpoint-collision', (add) => {
  const on = { on: blobZone, where: ids.account };
  add('pass', 'one endpoint', oneEnd, on);
  add(
    'pass',
    'one endpoint, and links that may not be read',
    both(oneEnd, groupAt(blobEnd, ['10.0.2.5']), (scene) => {
      scene.gaps.push(refused(`${blobZone}/virtualNetworkLinks`));
    }),
    on,
  );
  add('fail', 'both networks linked', both(oneEnd, second, linkedToFar), { ...on, severity: 'medium' });
  add(
    'fail',
    'two zone groups',
    both(oneEnd, second, groupAt(blobEnd, ['10.0.2.5']), groupAt(endpointId('pe-second'), ['10.9.1.5'])),
    on,
  );
  const shared = both(oneEnd, second, linkedToFar);
  add('fail', 'the record has the address of the second', both(shared, recorded('10.9.1.5')), on);
  add('fail', 'the record has the address of neither', both(shared, recorded('10.0.2.222')), on);
  add('fail', 'no record', both(shared, unrecorded), on);
  add(
    'fail',
    'records that may not be listed',
    both(shared, unrecorded, (scene) => scene.gaps.push(refused(`${blobZone}/A`))),
    on,
  );
  add('pass', 'a second endpoint whose network is not linked', both(oneEnd, second), on);
  add('pass', 'a second endpoint that waits for approval', both(oneEnd, waiting(ids.account, 'blob')), on);
  add(
    'unknown',
    'a second endpoint that may not be read',
    both(oneEnd, second, (scene) => {
      Reflect.deleteProperty(scene.bodies, endpointId('pe-second'));
      scene.gaps.push(refused(endpointId('pe-second')));
    }),
    on,
  );
  add(
    'unknown',
    'a second endpoint, and links that may not be read',
    both(oneEnd, second, groupAt(blobEnd, ['10.0.2.5']), (scene) => {
      scene.gaps.push(refused(`${blobZone}/virtualNetworkLinks`));
    }),
    on,
  );
  add('notApplicable', 'no endpoint', wished, { on: ids.workspace });
});

export const privateLinkSamples: readonly Sample[] = table;
