// The samples of the rules about the workspace itself and about its computes (docs/reference/computes.md).
import {
  cluster,
  connection,
  endpointId,
  group,
  ids,
  type Loose,
  missing,
  refused,
  type Scene,
  subscription,
  withEndpoint,
  withZone,
  zoneId,
} from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

const { table, rule } = sampling();

/** Members of the workspace's `properties`. */
const set =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[ids.workspace].properties, members);
  };
const intent =
  (answers: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.intents, answers);
  };
const acls = (scene: Scene, id: string = ids.account): Loose => scene.bodies[id].properties.networkAcls;
const unreadAccount: SampleChange = (scene) => {
  Reflect.deleteProperty(scene.bodies, ids.account);
  const action = 'Microsoft.Storage/storageAccounts/read';
  scene.gaps.push({ id: ids.account, reason: 'Denied.', action, status: 403 });
};
const open: SampleChange = (scene) => Object.assign(acls(scene), { defaultAction: 'Allow' });
const bypass =
  (value: Loose): SampleChange =>
  (scene) => {
    acls(scene).bypass = value;
  };
const noComputes: SampleChange = (scene) => Reflect.deleteProperty(scene.bodies, computeId('cpu-cluster'));
const computeId = (name: string) => `${ids.workspace}/computes/${name}`;
/** Members of the inner `properties` of the cluster. */
const compute =
  (members: Loose, name = 'cpu-cluster'): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[computeId(name)].properties.properties, members);
  };
const instance =
  (members: Loose): SampleChange =>
  (scene) => {
    const one = cluster('ci-anna', ids.train);
    one.properties.computeType = 'ComputeInstance';
    one.properties.properties = { vmSize: 'STANDARD_DS3_V2', subnet: { id: ids.train }, ...members };
    scene.bodies[one.id] = one;
  };
const attached = (computeType: string, resourceId: string): Loose => {
  const one = cluster('attached', null);
  one.properties = { computeType, resourceId, isAttachedCompute: true, provisioningState: 'Succeeded', properties: {} };
  return one;
};

/** Private endpoints carry everything, and the computes have no public address. */
const privately: SampleChange = (scene) => {
  acls(scene).virtualNetworkRules = [];
  acls(scene, ids.vault).virtualNetworkRules = [];
  withEndpoint(scene, ids.account, ['blob'], ids.pe);
  withEndpoint(scene, ids.account, ['file'], ids.pe);
  withEndpoint(scene, ids.vault, ['vault'], ids.pe);
  compute({ enableNodePublicIp: false })(scene);
};
/** The workspace has its own endpoint. */
const door: SampleChange = (scene) => {
  withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
};
const managed = (mode = 'AllowOnlyApprovedOutbound', more: Loose = { status: { status: 'Active' } }): SampleChange =>
  both(
    set({ managedNetwork: { isolationMode: mode, outboundRules: {}, ...more } }),
    compute({ subnet: null, enableNodePublicIp: false }),
  );
const off = set({ publicNetworkAccess: 'Disabled' });
const waiting =
  (status: string): SampleChange =>
  (scene) => {
    const one = connection(ids.workspace, 'pe-waiting', status);
    scene.bodies[ids.workspace].properties.privateEndpointConnections = [one];
  };

const zoneNames = ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'] as const;
const zones =
  (networks: readonly string[], names: readonly string[] = zoneNames): SampleChange =>
  (scene) => {
    for (const name of names) withZone(scene, name, networks);
  };

rule('workspace.studio-blocked-by-secured-storage', (add) => {
  const identity =
    (value: Loose): SampleChange =>
    (scene) => {
      scene.bodies[ids.workspace].identity = value;
    };
  const named: SampleChange = (scene) => {
    acls(scene).resourceAccessRules = [{ tenantId: 't', resourceId: ids.workspace.toUpperCase() }];
  };
  add('pass', 'closed, an identity, trusted services', asIs);
  add('fail', 'closed, no trusted services, no rule', bypass('None'), { severity: 'medium' });
  add('pass', 'closed, no trusted services, admitted by name', both(bypass('None'), named));
  add('fail', 'closed, no identity', identity(undefined));
  add('fail', 'closed, identity None', identity({ type: 'none' }));
  add('pass', 'closed, both identities', identity({ type: 'SystemAssigned,UserAssigned', userAssignedIdentities: {} }));
  add('unknown', 'an identity of another type', identity({ type: 'Borrowed' }));
  add('unknown', 'an identity that is no text', identity({ type: 7 }));
  add('pass', 'open', open);
  add('notApplicable', 'nobody uses studio', both(bypass('None'), intent({ usesStudio: false })));
  add('unknown', 'a perimeter decides', (scene) =>
    Object.assign(scene.bodies[ids.account].properties, { publicNetworkAccess: 'SecuredByPerimeter' }),
  );
  add('unknown', 'the account may not be read', (scene) => scene.gaps.push(refused(ids.account)));
  add('notApplicable', 'the account is gone', (scene) => scene.gaps.push(missing(ids.account)));
  add('unknown', 'a bypass that is a list', bypass(['AzureServices']));
  add('pass', 'in 2020, closed', bypass('None'), { profile: 'article-2020' });
  add('fail', 'in 2020, closed and studio wanted', intent({ usesStudio: true }), { profile: 'article-2020' });
  add('pass', 'in 2020, open and studio wanted', both(open, intent({ usesStudio: true })), { profile: 'article-2020' });
  add('pass', 'today, closed and studio wanted', intent({ usesStudio: true }));
});

rule('workspace.private-endpoint', (add) => {
  add('fail', 'P without a connection', privately, { severity: 'high' });
  add('pass', 'P with an approved one', both(privately, door));
  for (const status of ['Pending', 'rejected', 'Disconnected']) {
    add('fail', `P, ${status}`, both(privately, waiting(status)));
    add('fail', `S, ${status}`, waiting(status));
  }
  add(
    'pass',
    'S, one approved, one pending',
    both(door, (scene) =>
      scene.bodies[ids.workspace].properties.privateEndpointConnections.push(
        connection(ids.workspace, 'pe-waiting', 'Pending'),
      ),
    ),
  );
  add('notApplicable', 'S, no connection, public computes', asIs);
  add('fail', 'S, public access off', off);
  add('fail', 'S, a compute without public address', compute({ enableNodePublicIp: false }));
  add('unknown', 'S, computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
  add('notApplicable', 'M, public', managed());
  add('fail', 'M, public access off', both(managed(), off));
  add(
    'fail',
    'M, public access off, only an endpoint of the service itself',
    both(managed(), off, (scene) => {
      scene.bodies[ids.workspace].properties.privateEndpointConnections = [connection(ids.workspace, 'of-the-service')];
    }),
  );
  add(
    'pass',
    'the endpoint may not be read',
    both(door, (scene) => {
      Reflect.deleteProperty(scene.bodies, endpointId('pe-mlw-sim-amlworkspace'));
      scene.gaps.push(refused(endpointId('pe-mlw-sim-amlworkspace')));
    }),
  );
  add('unknown', 'no list but a count', both(set({ privateEndpointConnections: null, privateLinkCount: 1 })));
  add('unknown', 'a connection in no known state', both(privately, waiting('Thinking')));
  add('unknown', 'a list that is an object', both(privately, set({ privateEndpointConnections: {} })));
  add('unknown', 'public access in no known state', set({ publicNetworkAccess: 'Sometimes' }));
});

rule('workspace.public-network-access', (add) => {
  const behind = both(privately, door, zones([ids.vnet]));
  add('fail', 'P, an endpoint, on, no list', behind, { severity: 'high' });
  add('fail', 'P, no endpoint, on', privately);
  add('pass', 'P, off', both(behind, off));
  add('pass', 'P, off in lower case', both(behind, set({ publicNetworkAccess: 'disabled' })));
  add('pass', 'P, on for listed addresses', both(behind, set({ ipAllowlist: ['203.0.113.7'] })));
  add('fail', 'P, on for an empty list', both(behind, set({ ipAllowlist: [] })));
  add('fail', 'P, on for a list of everybody', both(behind, set({ ipAllowlist: ['0.0.0.0/1', '128.0.0.0/1'] })));
  const rules = (defaultAction: string, ipRules: readonly Loose[] = []) =>
    set({ networkAcls: { defaultAction, ipRules } });
  add('pass', 'P, on, the newer rules deny', both(behind, rules('Deny')));
  add('fail', 'P, on, the newer rules allow', both(behind, rules('Allow', [{ value: '203.0.113.7' }])));
  add(
    'unknown',
    'P, on, the list may not be read',
    both(behind, (scene) => scene.gaps.push(refused(`${ids.workspace}/ipAllowlist`))),
  );
  add('unknown', 'P, on, a list that is a text', both(behind, set({ ipAllowlist: '203.0.113.7' })));
  const unset = (older: Loose) => set({ publicNetworkAccess: null, allowPublicAccessWhenBehindVnet: older });
  add('pass', 'P, unsaid, the older switch off, an endpoint', both(behind, unset(false)));
  add('fail', 'P, unsaid, the older switch on', both(behind, unset(true)));
  add('pass', 'P, neither said, an endpoint', both(behind, unset(undefined)));
  add('fail', 'P, neither said, no endpoint', both(privately, unset(undefined)));
  add('unknown', 'P, unsaid, the older switch a text', both(behind, unset('false')));
  add('unknown', 'P, in no known state', both(behind, set({ publicNetworkAccess: 'Sometimes' })));
  add('notApplicable', 'S', both(door, off));
  add('notApplicable', 'M without an endpoint of yours', managed());
  add('fail', 'M with an endpoint of yours, on', both(managed(), door, zones([ids.vnet])));
  add('pass', 'M with an endpoint of yours, off', both(managed(), door, off));
});

rule('workspace.v1-legacy-mode', (add) => {
  add('pass', 'the setting is absent', set({ v1LegacyMode: undefined }));
  add('pass', 'null', set({ v1LegacyMode: null }));
  add('pass', 'off', set({ v1LegacyMode: false }));
  add('fail', 'on', set({ v1LegacyMode: true }), { severity: 'medium' });
  add('unknown', 'a text', set({ v1LegacyMode: 'true' }));
  add('unknown', 'another letter case of the name', set({ v1legacymode: true }));
});

rule('workspace.online-endpoint-access', (add) => {
  const churn = `${ids.workspace}/onlineEndpoints/churn`;
  const online =
    (members: Loose, kind: string | undefined = 'Managed'): SampleChange =>
    (scene) => {
      scene.bodies[churn] = {
        ...{ id: churn, name: 'churn', type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints' },
        ...{
          kind,
          location: 'westeurope',
          properties: { authMode: 'Key', provisioningState: 'Succeeded', ...members },
        },
      };
    };
  const on = { on: churn };
  const closed = both(privately, door, zones([ids.vnet]), off);
  add('fail', 'P, off, the endpoint on', both(closed, online({ publicNetworkAccess: 'Enabled' })), {
    ...on,
    severity: 'medium',
  });
  add('fail', 'P, off, nothing said of the endpoint', both(closed, online({})), on);
  add(
    'fail',
    'M, off, the endpoint on in lower case',
    both(managed(), off, online({ publicNetworkAccess: 'enabled' })),
    on,
  );
  add('pass', 'P, off, the endpoint off', both(closed, online({ publicNetworkAccess: 'disabled' })), on);
  add('notApplicable', 'P, on', both(privately, door, zones([ids.vnet]), online({})), on);
  add('notApplicable', 'S', both(off, online({})), on);
  add('notApplicable', 'on a cluster', both(closed, online({ compute: `${ids.workspace}/computes/aks` }, 'K8S')), on);
  add('unknown', 'the endpoint in no known state', both(closed, online({ publicNetworkAccess: 'Sometimes' })), on);
  add(
    'unknown',
    'the workspace in no known state',
    both(closed, set({ publicNetworkAccess: 'Sometimes' }), online({})),
    on,
  );
  add('notApplicable', 'no endpoint', closed);
  add(
    'unknown',
    'the list may not be read',
    both(closed, (scene) => scene.gaps.push(refused(`${ids.workspace}/onlineEndpoints`))),
  );
});

rule('workspace.ip-allowlist', (add) => {
  const list = (values: readonly Loose[]) => set({ ipAllowlist: values });
  const many = Array.from({ length: 201 }, (_, at) => `203.0.${at}.7`);
  add('pass', 'an address and a block', list(['203.0.113.7', '198.51.100.0/24']));
  add('pass', 'an address with its prefix', list(['203.0.113.7/32']));
  add('fail', 'a private block', list(['203.0.113.7', '10.0.0.0/8']), { severity: 'low' });
  add('fail', 'the loopback of IPv6', list(['::1']));
  add('fail', 'no address at all', list(['office']));
  add('fail', 'an entry that is a number', list([7]));
  add('fail', '201 entries', list(many));
  add('pass', '200 entries', list(many.slice(1)));
  add('fail', 'in the newer form', set({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '10.1.2.3' }] } }));
  add(
    'pass',
    'in the newer form, legal',
    set({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] } }),
  );
  add('notApplicable', 'none', asIs);
  add('notApplicable', 'an empty one', list([]));
  add('unknown', 'it may not be read', (scene) => scene.gaps.push(refused(`${ids.workspace}/ipAllowlist`)));
  add('unknown', 'it is an object', set({ ipAllowlist: {} }));
});

rule('workspace.private-dns', (add) => {
  const behind = both(privately, door);
  const farDoor: SampleChange = (scene) => withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.far);
  const zoneList = `/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`;
  add('fail', 'no zone at all', behind, { severity: 'high' });
  add('fail', 'one zone missing', both(behind, zones([ids.vnet], zoneNames.slice(0, 1))));
  add(
    'fail',
    'one zone linked elsewhere',
    both(behind, zones([ids.vnet], zoneNames.slice(0, 1)), zones([ids.farVnet], zoneNames.slice(1))),
  );
  add('pass', 'both linked', both(behind, zones([ids.vnet])));
  add('pass', 'both linked, in another letter case', both(behind, zones([ids.vnet.toUpperCase()])));
  add('fail', 'the endpoint’s own network not linked', both(privately, farDoor, zones([ids.vnet])));
  add('fail', 'the computes’ network not linked', both(privately, farDoor, zones([ids.farVnet])));
  add('pass', 'both networks linked', both(privately, farDoor, zones([ids.vnet, ids.farVnet])));
  add(
    'fail',
    'a link that failed',
    both(behind, zones([ids.vnet]), (scene) => {
      scene.bodies[`${zoneId(zoneNames[1])}/virtualNetworkLinks/vnet-ml`].properties.provisioningState = 'Failed';
    }),
  );
  add(
    'unknown',
    'zones may not be listed',
    both(behind, (scene) => scene.gaps.push(refused(zoneList))),
  );
  add(
    'unknown',
    'links may not be listed',
    both(behind, zones([]), (scene) =>
      scene.gaps.push(...zoneNames.map((name) => refused(`${zoneId(name)}/virtualNetworkLinks`))),
    ),
  );
  const servers =
    (dnsServers: Loose): SampleChange =>
    (scene) => {
      scene.bodies[ids.vnet].properties.dhcpOptions = { dnsServers };
    };
  add('unknown', 'DNS servers of its own', both(behind, zones([ids.vnet]), servers(['10.0.0.4'])));
  add('pass', 'Azure’s own resolver named', both(behind, zones([ids.vnet]), servers(['168.63.129.16'])));
  add(
    'fail',
    'DNS servers here, a missing link there',
    both(privately, farDoor, zones([ids.vnet]), servers(['10.0.0.4'])),
  );
  add(
    'unknown',
    'the endpoint may not be read',
    both(behind, zones([ids.vnet]), (scene) => {
      Reflect.deleteProperty(scene.bodies, endpointId('pe-mlw-sim-amlworkspace'));
      scene.gaps.push(refused(endpointId('pe-mlw-sim-amlworkspace')));
    }),
  );
  add(
    'unknown',
    'computes may not be listed',
    both(door, zones([ids.vnet]), (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`))),
  );
  add('notApplicable', 'no endpoint', privately);
  add('fail', 'M, the endpoint’s network not linked', both(managed(), door));
  add('pass', 'M, the endpoint’s network linked', both(managed(), door, zones([ids.vnet])));
});

rule('workspace.managed-network-mode', (add) => {
  const limited = intent({ outboundMode: 'limited' });
  add('notApplicable', 'none', asIs);
  add('notApplicable', 'Disabled', set({ managedNetwork: { isolationMode: 'Disabled' } }));
  add('fail', 'none, and wished for', intent({ architecture: 'managed-network' }), { severity: 'medium' });
  add(
    'fail',
    'disabled, and wished for',
    both(set({ managedNetwork: { isolationMode: 'disabled' } }), intent({ architecture: 'managed-network' })),
  );
  add('fail', 'Internet, and limited wished for', both(managed('AllowInternetOutbound'), limited));
  add('pass', 'Internet, nothing said', managed('allowinternetoutbound'));
  add('pass', 'approved only', both(managed(), limited));
  add('unknown', 'a mode nobody knows', managed('AllowNobody'));
  add('unknown', 'a mode that is no text', set({ managedNetwork: { isolationMode: 1 } }));
  add('unknown', 'a managed network that is a text', set({ managedNetwork: 'Disabled' }));
});

rule('workspace.managed-network-provisioned', (add) => {
  const state = (status: Loose) => managed('AllowInternetOutbound', { status });
  add('fail', 'Inactive', state({ status: 'Inactive', sparkReady: false }), { severity: 'medium' });
  add('fail', 'inactive in lower case', state({ status: 'inactive' }));
  add('pass', 'Active', state({ status: 'Active' }));
  add('unknown', 'no state shown', state(null));
  add('unknown', 'a state nobody knows', state({ status: 'Provisioning' }));
  add('notApplicable', 'no managed network', asIs);
  const second = (...states: readonly string[]) =>
    managed('AllowInternetOutbound', {
      managedNetworkKind: 'v2',
      status: { status: 'Inactive' },
      outboundRules: Object.fromEntries(
        states.map((status, index) => [`r${index}`, { type: 'FQDN', destination: 'pypi.org', status }]),
      ),
    });
  add('pass', 'version 2, every rule Active', second('Active', 'active'));
  add('fail', 'version 2, a rule Failed', second('Active', 'Failed'));
  add('fail', 'version 2, a rule Inactive', second('Inactive'));
  add('unknown', 'version 2, a rule on its way', second('Active', 'Provisioning'));
  add('unknown', 'version 2, no rule', second());
});

rule('workspace.access-scope', (add) => {
  const scopes =
    (...texts: readonly string[]): SampleChange =>
    (scene) => {
      scene.scopes = texts;
    };
  const never = 'nothing from Internet reaches stmlsim';
  const on = { on: ids.workspace, where: 'nothing-from-internet-reaches-stmlsim' };
  add('pass', 'nothing arrives', scopes(never), on);
  add('fail', 'the account is open', both(open, scopes(never)), on);
  add('fail', 'one of two', both(open, scopes('snet-train reaches stmlsim', never)), { ...on, severity: 'high' });
  add('pass', 'the other of two', both(open, scopes('snet-train reaches stmlsim', never)), {
    ...on,
    where: 'snet-train-reaches-stmlsim',
  });
  add('unknown', 'a name that nothing has', scopes('nothing reaches nowhere-1'), {
    ...on,
    where: 'nothing-reaches-nowhere-1',
  });
  add('unknown', 'the account could not be read', both(scopes(never), unreadAccount), on);
});

rule('workspace.monitor-private-only', (add) => {
  const scope = `${group}/providers/Microsoft.Insights/privateLinkScopes/ampls`;
  const at = { on: ids.workspace, where: scope };
  const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-monitor`;
  const scoped =
    (settings: Loose, where: string = ids.pe): SampleChange =>
    (scene) => {
      scene.bodies[endpoint] = {
        id: endpoint,
        properties: {
          subnet: { id: where },
          privateLinkServiceConnections: [
            { properties: { privateLinkServiceId: scope.toUpperCase(), groupIds: ['azureMonitor'] } },
          ],
        },
      };
      const connections = [{ name: 'one', properties: { privateEndpoint: { id: endpoint } } }];
      scene.bodies[scope] = {
        ...{ id: scope, location: 'global' },
        properties: { accessModeSettings: settings, privateEndpointConnections: connections },
      };
    };
  const modes = (ingestionAccessMode: string, queryAccessMode: string, exclusions: Loose = []) => ({
    ...{ ingestionAccessMode, queryAccessMode, exclusions },
  });
  const excluded = [{ privateEndpointConnectionName: 'ONE', ...modes('Open', 'Open') }];
  add('fail', 'PrivateOnly', scoped(modes('PrivateOnly', 'PrivateOnly')), { ...at, severity: 'low' });
  add('fail', 'queries alone', scoped(modes('Open', 'privateonly')), at);
  add('pass', 'Open', scoped(modes('Open', 'Open')), at);
  add('pass', 'PrivateOnly, and Open for this endpoint', scoped(modes('PrivateOnly', 'PrivateOnly', excluded)), at);
  add('unknown', 'modes not shown', scoped({}), at);
  add('unknown', 'a mode that Azure does not have', scoped(modes('Open', 'Half')), at);
  add(
    'unknown',
    'the scope may not be read',
    both(scoped({}), (scene) => {
      scene.gaps.push(refused(scope));
    }),
    at,
  );
  add('notApplicable', 'no endpoint', asIs);
});

rule('workspace.managed-network-approver', (add) => {
  const at = { on: ids.workspace, where: ids.account };
  const principal = '00000000-0000-0000-0000-0000000000ee';
  const ruled = (status: string) => (scene: Scene) => {
    managed('AllowInternetOutbound', {
      status: { status: 'Inactive' },
      outboundRules: {
        blob: {
          ...{ type: 'PrivateEndpoint', category: 'UserDefined', status },
          destination: { serviceResourceId: ids.account, subresourceTarget: 'blob' },
        },
      },
    })(scene);
    scene.bodies[ids.workspace].identity = { type: 'SystemAssigned', principalId: principal };
  };
  const list = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '${principal}'`;
  const role =
    (definition: string, scope: string = ids.account): SampleChange =>
    (scene) => {
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000aa`;
      const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${definition}`;
      scene.bodies[id] = { id, properties: { scope, principalId: principal.toUpperCase(), roleDefinitionId } };
    };
  const listed: SampleChange = (scene) => {
    scene.principals = [principal];
  };
  const approver = 'B556D68E-0be0-4f35-a333-ad7ee1ce17ea';
  const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
  add('pass', 'Active', ruled('Active'), at);
  add('fail', 'Inactive, no role', both(ruled('Inactive'), listed), { ...at, severity: 'medium' });
  add('fail', 'Failed, Reader', both(ruled('failed'), listed, role('acdd72a7-3385-48ef-bd42-f606fba81ae7')), at);
  add('pass', 'Inactive, the approver role', both(ruled('Inactive'), listed, role(approver)), at);
  add('pass', 'Inactive, Contributor of the group', both(ruled('Inactive'), listed, role(contributor, group)), at);
  add('unknown', 'Inactive, a custom role', both(ruled('Inactive'), listed, role(principal)), at);
  add('unknown', 'being provisioned, no role', both(ruled('Provisioning'), listed), at);
  add(
    'unknown',
    'Inactive, roles that may not be read',
    both(ruled('Inactive'), (scene) => {
      scene.gaps.push(refused(list));
    }),
    at,
  );
  add('notApplicable', 'no private endpoint rule', managed('AllowInternetOutbound', { status: { status: 'Active' } }));
  add('notApplicable', 'no managed network', asIs);
});

rule('workspace.docker-range', (add) => {
  const at = { on: ids.vnet };
  const space =
    (prefixes: Loose, id: string = ids.vnet): SampleChange =>
    (scene) => {
      scene.bodies[id].properties.addressSpace = { addressPrefixes: prefixes };
    };
  const peer =
    (properties: Loose): SampleChange =>
    (scene) => {
      scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [{ name: 'peer', properties }];
    };
  const elsewhere = { remoteVirtualNetwork: { id: `${ids.vnet}-elsewhere` } };
  add('fail', '172.16.0.0/12 holds it', space(['172.16.0.0/12']), { ...at, severity: 'medium' });
  add('fail', 'a part of it', space(['10.0.0.0/16', '172.17.8.0/24']), at);
  add('pass', '172.18.0.0/16', space(['172.18.0.0/16']), at);
  add('pass', 'as it is', asIs, at);
  add(
    'fail',
    'a peer in hand',
    both(peer({ remoteVirtualNetwork: { id: ids.farVnet } }), space(['172.17.0.0/16'], ids.farVnet)),
    at,
  );
  add(
    'fail',
    'a peer shown in the peering',
    peer({ ...elsewhere, remoteAddressSpace: { addressPrefixes: ['172.17.0.0/16'] } }),
    at,
  );
  add(
    'pass',
    'a peer shown in the peering, elsewhere',
    peer({ ...elsewhere, remoteAddressSpace: { addressPrefixes: ['10.7.0.0/16'] } }),
    at,
  );
  add(
    'pass',
    'a peering that is cut off',
    peer({ ...elsewhere, peeringState: 'Disconnected', remoteAddressSpace: { addressPrefixes: ['172.17.0.0/16'] } }),
    at,
  );
  add('unknown', 'a peer nobody can read', peer(elsewhere), at);
  add('unknown', 'a prefix that is none', space(['ten']), at);
  add('unknown', 'no address space', space(undefined), at);
  add('pass', 'beside an IPv6 prefix', space(['10.0.0.0/16', 'fd00::/48']), at);
  add('unknown', 'the network may not be read', (scene) => scene.gaps.push(refused(ids.vnet), refused(ids.train)), at);
  const nothing = both(noComputes, (scene) => {
    Reflect.deleteProperty(scene.bodies, ids.vnet);
    Reflect.deleteProperty(scene.bodies, ids.farVnet);
  });
  add('notApplicable', 'no network met', nothing);
  add(
    'unknown',
    'no network met, computes may not be listed',
    both(nothing, (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`))),
  );
});

rule('workspace.serverless-subnet', (add) => {
  const pinned = (noPublicIp: Loose = true, subnet: Loose = ids.train) =>
    set({
      serverlessComputeSettings: { serverlessComputeCustomSubnet: subnet, serverlessComputeNoPublicIP: noPublicIp },
    });
  add('fail', 'P, nothing set', both(privately, set({ serverlessComputeSettings: null })), { severity: 'medium' });
  add('fail', 'P, a public address', both(privately, pinned(false)));
  add('fail', 'P, no subnet', both(privately, pinned(true, null)));
  add('pass', 'P, pinned without public address', both(privately, pinned()));
  add('pass', 'S, nothing set', asIs);
  add('fail', 'S, nothing set, public access off', both(off));
  add('pass', 'S, pinned, public access off', both(off, pinned(false)));
  add('pass', 'S, pinned with a public address', pinned(undefined));
  add('unknown', 'P, the flag is a text', both(privately, pinned('true')));
  add('unknown', 'P, the settings are a list', both(privately, set({ serverlessComputeSettings: [] })));
  add('unknown', 'S, public access in no known state', set({ publicNetworkAccess: 'Sometimes' }));
  add('notApplicable', 'M', managed());
});

rule('workspace.diagnose', (add) => {
  const answer =
    (value: Loose): SampleChange =>
    (scene) => {
      scene.bodies[`${ids.workspace}/diagnose`] = { value };
    };
  const one = (level: Loose) => ({
    dnsResolutionResults: [{ code: 'CustomDnsInUse', level, message: 'It is custom.' }],
  });
  add('notApplicable', 'nobody asked', asIs);
  add('pass', 'every list empty', answer({ dnsResolutionResults: [], otherResults: [] }));
  add('fail', 'an error', answer(one('Error')), { severity: 'info' });
  add('fail', 'an error in lower case', answer(one('error')));
  add('pass', 'only a warning', answer(one('Warning')));
  add('pass', 'only information', answer(one('Information')));
  add('unknown', 'a level nobody knows', answer(one('Fatal')));
  add('unknown', 'an answer in another form', answer('fine'));
  add('unknown', 'a category that is no list', answer({ dnsResolutionResults: { code: 'x' } }));
  add('unknown', 'it was refused', (scene) => scene.gaps.push(refused(`${ids.workspace}/diagnose`)));
});

rule('workspace.tooling-retired', (add) => {
  add('pass', 'always, with a note', asIs);
});

rule('compute.placed-in-vnet', (add) => {
  const at = { on: computeId('cpu-cluster') };
  add('pass', 'in a subnet', asIs, at);
  add('fail', 'subnet null', compute({ subnet: null }), { ...at, severity: 'critical' });
  add('fail', 'no subnet member', compute({ subnet: undefined }), at);
  add('fail', 'a subnet without an id', compute({ subnet: {} }), at);
  add('unknown', 'a subnet that is a number', compute({ subnet: 7 }), at);
  add('unknown', 'an id that is a number', compute({ subnet: { id: 7 } }), at);
  add('fail', 'an instance outside', instance({ subnet: null }), { on: computeId('ci-anna') });
  add('notApplicable', 'M', managed(), at);
  add('unknown', 'computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
  add('notApplicable', 'nothing to train on', noComputes);
  add('fail', 'nothing to train on, in 2020', noComputes, { profile: 'article-2020', severity: 'medium' });
  const serverless = set({ serverlessComputeSettings: { serverlessComputeCustomSubnet: ids.train } });
  add('pass', 'serverless computes in a subnet', both(noComputes, serverless));
  add(
    'unknown',
    'serverless computes in a subnet, and computes may not be listed',
    both(serverless, (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`))),
  );
  const machine = `${ids.workspace}-vm`;
  const virtual = both(noComputes, (scene) => {
    scene.bodies[computeId('attached')] = attached('VirtualMachine', machine);
    scene.bodies[machine] = {
      id: machine,
      properties: { networkProfile: { networkInterfaces: [{ id: `${machine}-nic` }] } },
    };
    scene.bodies[`${machine}-nic`] = {
      id: `${machine}-nic`,
      properties: { ipConfigurations: [{ properties: { subnet: { id: ids.train } } }] },
    };
  });
  add('pass', 'an attached machine in the network', virtual);
  add(
    'unknown',
    'an attached machine that may not be read',
    both(virtual, (scene) => scene.gaps.push(refused(machine))),
  );
});

rule('compute.ssh-public-access', (add) => {
  const at = { on: computeId('cpu-cluster') };
  const anna = { on: computeId('ci-anna') };
  const ssh = (value: Loose, more: Loose = {}) =>
    compute({ remoteLoginPortPublicAccess: value, enableNodePublicIp: null, ...more });
  add('fail', 'Enabled, the flag null', ssh('Enabled'), { ...at, severity: 'medium' });
  add('fail', 'enabled in lower case', ssh('enabled'), at);
  add('pass', 'Enabled but no public address', ssh('Enabled', { enableNodePublicIp: false }), at);
  add('pass', 'Enabled and wanted', both(ssh('Enabled'), intent({ sshWanted: true })), at);
  add('pass', 'Disabled', ssh('Disabled'), at);
  add('pass', 'NotSpecified in a subnet', ssh('NotSpecified'), at);
  add('fail', 'NotSpecified in none', ssh('NotSpecified', { subnet: null }), at);
  add('fail', 'unsaid in no subnet', ssh(null, { subnet: null }), at);
  add('pass', 'NotSpecified under a managed network', both(managed(), ssh('NotSpecified', { subnet: null })), at);
  add('unknown', 'a value nobody knows', ssh('Perhaps'), at);
  add('unknown', 'a value of another type', ssh(true), at);
  add('pass', 'an instance that says nothing', instance({}), anna);
  add('fail', 'an instance with SSH', instance({ sshSettings: { sshPublicAccess: 'Enabled' } }), anna);
  add('pass', 'an instance without SSH', instance({ sshSettings: { sshPublicAccess: 'Disabled' } }), anna);
  add('unknown', 'computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
  add('notApplicable', 'no compute', noComputes);
});

rule('compute.no-public-ip', (add) => {
  const at = { on: computeId('cpu-cluster') };
  const flag = (value: Loose, more: Loose = {}) => compute({ enableNodePublicIp: value, ...more });
  add('notApplicable', 'S, in a subnet', asIs, at);
  add('fail', 'S, in none, true', flag(true, { subnet: null }), { ...at, severity: 'high' });
  add('pass', 'S, in none, false', flag(false, { subnet: null }), at);
  add('fail', 'P, unsaid', both(privately, flag(undefined)), at);
  add('fail', 'P, null', both(privately, flag(null)), at);
  add('pass', 'P, false', privately, at);
  add('fail', 'M, true', both(managed(), flag(true)), at);
  add('pass', 'M, false', managed(), at);
  add('unknown', 'P, a text', both(privately, flag('false')), at);
  add('notApplicable', 'no compute', noComputes);
});

export const workspaceSamples: readonly Sample[] = table;
