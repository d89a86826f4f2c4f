// The samples of the rules about Kubernetes clusters that serve models (docs/reference/aks.md).
import {
  group,
  ids,
  type Loose,
  missing,
  refused,
  subnet,
  subscription,
  withEndpoint,
  withRegistry,
} from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

export const aks = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-mlsim`;
const compute = `${ids.workspace}/computes/aks-serve`;
const on = { on: compute };
export const nodes = `${ids.vnet}/subnets/snet-aks`;
const principal = '00000000-0000-0000-0000-0000000000dd';

const { table, rule } = sampling((scene) => served(scene), on);

/** An attached cluster that is as it should be, in its own subnet. */
export const served: SampleChange = (scene) => {
  scene.bodies[ids.vnet].properties.subnets.push(
    subnet(nodes, '10.0.8.0/24', ['Microsoft.Storage', 'Microsoft.KeyVault']),
  );
  scene.bodies[aks] = {
    id: aks,
    name: 'aks-mlsim',
    type: 'Microsoft.ContainerService/managedClusters',
    location: 'westeurope',
    identity: { type: 'SystemAssigned', principalId: principal },
    properties: {
      provisioningState: 'Succeeded',
      servicePrincipalProfile: { clientId: 'msi' },
      agentPoolProfiles: [
        { name: 'one', count: 2, maxPods: 30, enableAutoScaling: false, vnetSubnetID: nodes },
        { name: 'two', count: 1, maxPods: 30, enableAutoScaling: true, minCount: 1, maxCount: 2, vnetSubnetID: nodes },
      ],
      networkProfile: {
        networkPlugin: 'azure',
        loadBalancerSku: 'standard',
        serviceCidr: '10.250.0.0/16',
        dnsServiceIP: '10.250.0.10',
      },
    },
  };
  scene.bodies[compute] = {
    id: compute,
    name: 'aks-serve',
    type: 'Microsoft.MachineLearningServices/workspaces/computes',
    location: 'westeurope',
    properties: {
      computeType: 'AKS',
      computeLocation: 'westeurope',
      resourceId: aks,
      provisioningState: 'Succeeded',
      provisioningErrors: null,
      isAttachedCompute: true,
      properties: {
        aksNetworkingConfiguration: null,
        sslConfiguration: { status: 'Disabled' },
        systemServices: [{ systemServiceType: 'ScoringFrontend', publicIpAddress: '203.0.113.80' }],
      },
    },
  };
};
const none: SampleChange = (scene) => Reflect.deleteProperty(scene.bodies, compute);
const cluster =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[aks].properties, members);
  };
const profile =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[aks].properties.networkProfile, members);
  };
const pool =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[aks].properties.agentPoolProfiles[0], members);
  };
const settings =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[compute].properties.properties, members);
  };
const intents =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.intents, members);
  };
const at =
  (id: string, location: unknown): SampleChange =>
  (scene) => {
    scene.bodies[id].location = location;
  };
const nodeSubnet =
  (members: Loose): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === nodes).properties, members);
  };
const gap =
  (id: string): SampleChange =>
  (scene) => {
    scene.gaps.push(refused(id));
  };
const gone =
  (id: string): SampleChange =>
  (scene) => {
    Reflect.deleteProperty(scene.bodies, id);
    scene.gaps.push(missing(id));
  };
const placeless: SampleChange = (scene) => {
  for (const one of scene.bodies[aks].properties.agentPoolProfiles) one.vnetSubnetID = null;
};
const made = (bridge: string, service = '10.250.0.0/16') =>
  settings({
    aksNetworkingConfiguration: {
      ...{ subnetId: nodes, serviceCidr: service, dnsServiceIP: '10.250.0.10', dockerBridgeCidr: bridge },
    },
  });
const current = { ...on, profile: 'current' } as const;
const of2020 = { ...on, profile: 'article-2020' } as const;
const everywhere = (id: string) =>
  rule(id, (add) => {
    add('notApplicable', 'no cluster', none, {});
    add('unknown', 'the cluster may not be read', gap(aks));
  });

rule('aks.subnet-assigned', (add) => {
  add('pass', 'both pools in a subnet', asIs);
  add('fail', 'one of two in none', pool({ vnetSubnetID: null }), { ...on, severity: 'high' });
  add('unknown', 'a subnet that is a number', pool({ vnetSubnetID: 7 }));
  add('unknown', 'no pools', cluster({ agentPoolProfiles: [] }));
  add('unknown', 'no cluster named', (scene) => {
    scene.bodies[compute].properties.resourceId = null;
  });
  add('notApplicable', 'the cluster is gone', gone(aks));
});
everywhere('aks.subnet-assigned');

rule('aks.same-region-as-vnet', (add) => {
  add('pass', 'the same region', asIs);
  add('pass', 'the same region in other words', at(aks, 'West Europe'));
  add('fail', 'another region', at(ids.vnet, 'northeurope'), { ...on, severity: 'high' });
  add(
    'fail',
    'another subscription',
    (scene) => {
      const other = aks.replace(subscription, '00000000-0000-0000-0000-0000000000ff');
      scene.bodies[other] = { ...scene.bodies[aks], id: other };
      scene.bodies[compute].properties.resourceId = other;
    },
    { ...on, severity: 'low' },
  );
  add('unknown', 'a region that is a number', at(aks, 7));
  add('unknown', 'the network may not be read', gap(ids.vnet));
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.same-region-as-vnet');

rule('aks.private-link-unsupported', (add) => {
  const access = (members: Loose) => cluster({ apiServerAccessProfile: members });
  add('pass', 'no access profile', cluster({ apiServerAccessProfile: null }));
  add('fail', 'private, as the article has it', access({ enablePrivateCluster: true }), of2020);
  add('pass', 'private, today', access({ enablePrivateCluster: true }));
  add(
    'fail',
    'private with a public name',
    access({ enablePrivateCluster: true, enablePrivateClusterPublicFQDN: true }),
    current,
  );
  add('unknown', 'a flag that is a text', access({ enablePrivateCluster: 'yes' }));
});
everywhere('aks.private-link-unsupported');

rule('aks.service-cidr-no-overlap', (add) => {
  const range = (serviceCidr: unknown) => profile({ serviceCidr });
  add('pass', 'a range that nothing uses', asIs);
  add('fail', 'the example of the article in the network of the portal', range('10.0.0.0/16'), {
    ...on,
    severity: 'high',
  });
  add('fail', 'the same, as the article has it', range('10.0.0.0/16'), of2020);
  add('fail', 'within the network, beside its subnets', range('10.0.100.0/24'));
  add('pass', 'the same, as the article has it', range('10.0.100.0/24'), of2020);
  add(
    'fail',
    'a peer',
    both(range('10.9.0.0/16'), (scene) => {
      scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [
        { properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: ids.farVnet } } },
      ];
    }),
  );
  add('fail', 'a range that is too large', range('172.0.0.0/11'));
  add('fail', 'one of several', profile({ serviceCidrs: ['10.250.0.0/16', '10.0.8.0/24'] }));
  add('pass', 'what the workspace made it with', both(range(undefined), made('172.17.0.1/16')));
  add('unknown', 'no range', range(undefined));
  add('unknown', 'a range that is none', range('10.0/16'));
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.service-cidr-no-overlap');

rule('aks.dns-service-ip', (add) => {
  const address = (dnsServiceIP: unknown) => profile({ dnsServiceIP });
  add('pass', 'the tenth address', asIs);
  add('fail', 'the first', address('10.250.0.1'), { ...on, severity: 'medium' });
  add('fail', 'outside', address('10.1.0.10'));
  add('unknown', 'none', address(null));
  add('unknown', 'a number', address(7));
});
everywhere('aks.dns-service-ip');

rule('aks.docker-bridge', (add) => {
  add('pass', 'a host address with a length', made('172.17.0.1/16'));
  add('fail', 'over a subnet', both(made('172.17.0.1/16'), nodeSubnet({ addressPrefix: '172.17.4.0/24' })), {
    ...on,
    severity: 'low',
  });
  add('fail', 'over the services', made('10.250.0.1/24'));
  add('unknown', 'no range', made('172.17.0.1'));
  add('unknown', 'a number', settings({ aksNetworkingConfiguration: { dockerBridgeCidr: 7 } }));
  add('notApplicable', 'an attached cluster', asIs);
});
everywhere('aks.docker-bridge');

rule('aks.reserved-ranges', (add) => {
  add('pass', 'none of them', asIs);
  add('fail', 'services', profile({ serviceCidr: '172.30.0.0/16' }), { ...on, severity: 'medium' });
  add('fail', 'pods', profile({ podCidr: '172.31.4.0/24' }));
  add('fail', 'the network', (scene) => {
    scene.bodies[ids.vnet].properties.addressSpace.addressPrefixes.push('192.0.2.0/24');
  });
  add('unknown', 'pods somewhere', profile({ podCidr: 'anywhere' }));
});
everywhere('aks.reserved-ranges');

rule('aks.subnet-not-delegated', (add) => {
  const to = (serviceName: string) => ({ delegations: [{ name: 'd', properties: { serviceName } }] });
  const own = to('Microsoft.ContainerService/managedClusters');
  const pods = both(pool({ podSubnetID: ids.second }), (scene) => {
    Object.assign(scene.bodies[ids.vnet].properties.subnets[1].properties, own);
  });
  add('pass', 'not delegated', asIs);
  add('fail', 'delegated', nodeSubnet(to('Microsoft.ContainerInstance/containerGroups')), { ...on, severity: 'high' });
  add('fail', 'delegated to the cluster', nodeSubnet(own));
  add('pass', 'a subnet of pods, delegated to the cluster', pods);
  add('unknown', 'delegations that are a text', nodeSubnet({ delegations: 'none' }));
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.subnet-not-delegated');

rule('aks.attached', (add) => {
  const state =
    (provisioningState: unknown): SampleChange =>
    (scene) => {
      scene.bodies[compute].properties.provisioningState = provisioningState;
    };
  add('pass', 'through', asIs);
  add('fail', 'failed', state('Failed'), { ...on, severity: 'low' });
  add('fail', 'the cluster is gone', gone(aks));
  add('unknown', 'on its way', state('Creating'));
});
everywhere('aks.attached');

rule('aks.api-server-access', (add) => {
  const limited: SampleChange = (scene) => {
    scene.bodies[aks].properties.apiServerAccessProfile = { authorizedIPRanges: ['203.0.113.0/26'] };
  };
  const bound =
    (source: string, roles: readonly string[]): SampleChange =>
    (scene) => {
      const id = `${aks}/trustedAccessRoleBindings/azureml`;
      scene.bodies[id] = {
        ...{ id, name: 'azureml', type: 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings' },
        properties: { provisioningState: 'Succeeded', sourceResourceId: source, roles: [...roles] },
      };
    };
  const roles = 'Microsoft.MachineLearningServices/workspaces';
  const mlworkload = `${roles}/mlworkload`;
  add('pass', 'every address may call it, with local accounts', asIs);
  add('fail', 'ranges, and no binding', limited);
  add('fail', 'no local accounts, and no binding', (scene) => {
    scene.bodies[aks].properties.disableLocalAccounts = true;
  });
  add(
    'pass',
    'ranges, and a binding in other letters',
    both(limited, bound(ids.workspace.toUpperCase(), [mlworkload.toLowerCase()])),
  );
  add('fail', 'ranges, and another role', both(limited, bound(ids.workspace, [`${roles}/other`])));
  add('fail', 'ranges, and another workspace', both(limited, bound(`${ids.workspace}-2`, [mlworkload])));
  add(
    'unknown',
    'ranges, and bindings that may not be read',
    both(limited, (scene) => {
      scene.gaps.push(refused(`${aks}/trustedAccessRoleBindings`));
    }),
  );
  add('notApplicable', 'private', (scene) => {
    limited(scene);
    scene.bodies[aks].properties.apiServerAccessProfile.enablePrivateCluster = true;
  });
});

rule('aks.ilb-two-step', (add) => {
  add('pass', 'always', asIs);
  add('notApplicable', 'no cluster', none, {});
});

rule('aks.ilb-capacity', (add) => {
  const inside = intents({ externalScoring: false });
  const counted =
    (currentValue: number): SampleChange =>
    (scene) => {
      scene.bodies[`${ids.vnet}/usages`].value.push({
        id: nodes,
        currentValue,
        limit: 251,
        name: { value: 'SubnetSpace' },
        unit: 'Count',
      });
    };
  add('pass', 'one address left', both(inside, counted(250)));
  add('fail', 'no address left', both(inside, counted(251)), { ...on, severity: 'low' });
  add('notApplicable', 'callers from outside', asIs);
  add('notApplicable', 'there already', both(inside, settings({ loadBalancerType: 'InternalLoadBalancer' })));
  add('notApplicable', 'in no subnet of yours', both(inside, placeless));
});
everywhere('aks.ilb-capacity');

rule('aks.region-with-workspace-endpoint', (add) => {
  const door: SampleChange = (scene) => {
    withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  };
  add('notApplicable', 'no endpoint', asIs, current);
  add('pass', 'the same region', door, current);
  add('fail', 'another region', both(door, at(aks, 'northeurope')), { ...current, severity: 'high' });
  add('unknown', 'no region', both(door, at(aks, null)), current);
});
everywhere('aks.region-with-workspace-endpoint');

rule('aks.basic-load-balancer', (add) => {
  add('pass', 'standard', asIs, current);
  add('pass', 'none said', profile({ loadBalancerSku: undefined }), current);
  add('fail', 'basic', profile({ loadBalancerSku: 'Basic' }), { ...current, severity: 'medium' });
  add('unknown', 'a number', profile({ loadBalancerSku: 7 }), current);
});
everywhere('aks.basic-load-balancer');

rule('aks.ip-plan', (add) => {
  const small = nodeSubnet({ addressPrefix: '10.0.8.0/26' });
  add('pass', 'a /24 for two pools', asIs);
  add('fail', 'a /26 for three nodes of thirty pods', both(small, pool({ count: 3 })), { ...on, severity: 'high' });
  add('pass', 'the same with an overlay', both(small, profile({ networkPluginMode: 'overlay' })));
  add('pass', 'the same with kubenet', both(small, profile({ networkPlugin: 'kubenet' })));
  add('fail', 'only when it is as large as it may get', (scene) => {
    scene.bodies[aks].properties.agentPoolProfiles[1].maxCount = 6;
  });
  add('fail', 'upgrades that double the pool', pool({ count: 4, upgradeSettings: { maxSurge: '100%' } }));
  add(
    'pass',
    'pods in a subnet of their own',
    both(small, pool({ podSubnetID: ids.second }), (scene) => {
      scene.bodies[aks].properties.agentPoolProfiles[1].podSubnetID = ids.second;
    }),
  );
  add('fail', 'pods in a subnet that is too small', both(pool({ podSubnetID: ids.second, count: 9 })));
  add('unknown', 'no plugin', profile({ networkPlugin: null }));
  add('unknown', 'a count that is a text', pool({ count: 'three' }));
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.ip-plan');

rule('aks.identity-network-contributor', (add) => {
  const definition = (role: string) =>
    `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const given =
    (role: string, scope: string = group): SampleChange =>
    (scene) => {
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${role}`;
      const roleDefinitionId = definition(role);
      scene.bodies[id] = { id, name: role, properties: { scope, roleDefinitionId, principalId: principal } };
    };
  const [reader, general, contributor, owner, own] = [
    'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    '4d97b98b-1d4f-4787-a291-c67834d212e7',
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    '00000000-0000-0000-0000-0000000000ee',
  ];
  const actions =
    (...all: readonly string[]): SampleChange =>
    (scene) => {
      scene.bodies[definition(own)] = {
        id: definition(own),
        properties: { roleName: 'Joiner', permissions: [{ actions: all, notActions: [] }] },
      };
    };
  const subnets = 'Microsoft.Network/virtualNetworks/subnets';
  add('pass', 'Network Contributor in the group of the network', given(contributor));
  add('pass', 'Network Contributor at the subnet', given(contributor, nodes));
  add('pass', 'Contributor in the group of the network', given(general));
  add('pass', 'Owner of the subscription', given(owner, `/subscriptions/${subscription}`));
  add('fail', 'Reader only', given(reader), { ...on, severity: 'high' });
  add('fail', 'no role', asIs);
  add('fail', 'Network Contributor of another network', given(contributor, ids.farVnet));
  add(
    'pass',
    'a role of its own that may join',
    both(given(own), actions(`${subnets}/read`, `${subnets}/join/action`)),
  );
  add('fail', 'a role of its own that only reads', both(given(own), actions(`${subnets}/read`)));
  add('unknown', 'a role of its own that may not be read', both(given(own), gap(definition(own))));
  add(
    'unknown',
    'roles may not be read',
    gap(
      `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '${principal}'`,
    ),
  );
  add('unknown', 'a service principal', (scene) => {
    scene.bodies[aks].identity = null;
    scene.bodies[aks].properties.servicePrincipalProfile = { clientId: '00000000-0000-0000-0000-0000000000ef' };
  });
  add('fail', 'an identity that it was given', (scene) => {
    scene.bodies[aks].identity = {
      type: 'UserAssigned',
      userAssignedIdentities: { [`${group}/x`]: { principalId: principal } },
    };
  });
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.identity-network-contributor');

rule('aks.internal-load-balancer', (add) => {
  const inside = intents({ externalScoring: false });
  add('fail', 'none said, and nobody from outside is to call', inside, { ...on, severity: 'medium' });
  add('fail', 'public by name', both(inside, settings({ loadBalancerType: 'PublicIp' })));
  add('pass', 'internal', both(inside, settings({ loadBalancerType: 'internalloadbalancer' })));
  add('notApplicable', 'callers from outside are wished for', intents({ externalScoring: true }));
  add('notApplicable', 'nobody was asked, and it is public', asIs);
  add('unknown', 'a number', both(inside, settings({ loadBalancerType: 7 })));
  add(
    'notApplicable',
    'an extension',
    both(inside, (scene) => {
      scene.bodies[compute].properties.computeType = 'Kubernetes';
    }),
  );
  add('notApplicable', 'no cluster', none, {});
});

const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-aks`;
/** A security group on the subnet of the nodes; rules as `name access direction protocol source destination ports`, in order. */
const guarded = (...rules: readonly string[]): SampleChange =>
  both(nodeSubnet({ networkSecurityGroup: { id: nsg } }), (scene) => {
    const securityRules = rules.map((text, index) => {
      const [name, access, direction, protocol, source, destination, ports] = text.split(' ');
      const properties = {
        ...{ access, direction, protocol, priority: 200 + index * 100, sourcePortRange: '*' },
        ...{ sourceAddressPrefix: source, destinationAddressPrefix: destination, destinationPortRange: ports },
      };
      const type = 'Microsoft.Network/networkSecurityGroups/securityRules';
      return { id: `${nsg}/securityRules/${name}`, name, type, properties };
    });
    scene.bodies[nsg] = {
      id: nsg,
      name: 'nsg-aks',
      type: 'Microsoft.Network/networkSecurityGroups',
      location: 'westeurope',
      properties: { provisioningState: 'Succeeded', securityRules },
    };
  });
const place = { ...on, where: nodes };

rule('aks.outbound-default', (add) => {
  add('pass', 'no security group', asIs, place);
  add('pass', 'nothing of its own', guarded(), place);
  add('fail', 'the Internet denied', guarded('D Deny Outbound * * Internet *'), { ...place, severity: 'high' });
  add('fail', 'names denied', guarded('D Deny Outbound Udp * * 53'), place);
  add('fail', 'nodes kept from one another', guarded('D Deny Outbound Tcp * 10.0.8.0/25 8080'), place);
  const isolated = (artifactSource: string): SampleChange =>
    both(guarded('D Deny Outbound * * Internet *'), (scene) => {
      Object.assign(scene.bodies[aks].properties, { bootstrapProfile: { artifactSource } });
      Object.assign(scene.bodies[aks].properties.networkProfile, { outboundType: 'none' });
    });
  add('pass', 'the Internet denied, no outbound access and cached images', isolated('Cache'), place);
  add('fail', 'the Internet denied, no outbound access and images of Microsoft', isolated('Direct'), place);
  add('pass', 'mail denied', guarded('D Deny Outbound Tcp * Internet 25'), place);
  add('pass', 'time denied, which has another source', guarded('D Deny Outbound Udp * Internet 123'), place);
  add('fail', 'half of the Internet denied', guarded('D Deny Outbound Tcp * 128.0.0.0/1 443'), place);
  add('fail', 'images of Microsoft denied', guarded('D Deny Outbound Tcp * MicrosoftContainerRegistry *'), place);
  add('unknown', 'a range denied, and no service tags', guarded('D Deny Outbound * * 185.220.101.0/24 *'), place);
  add('pass', 'a private range denied', guarded('D Deny Outbound * * 192.168.7.0/24 *'), place);
  add('pass', 'a deny behind an allow', guarded('A Allow Outbound * * * *', 'D Deny Outbound * * Internet *'), place);
  add('notApplicable', 'in no subnet of yours', placeless);
  add('unknown', 'the security group may not be read', both(guarded(), gap(nsg)), place);
});
everywhere('aks.outbound-default');

rule('aks.outbound-acr', (add) => {
  const there = { ...place, profile: 'current' } as const;
  const deny = 'D Deny Outbound * * Internet *';
  const allow = 'A Allow Outbound Tcp * AzureContainerRegistry.WestEurope 443';
  add('fail', 'the Internet denied, no allow', guarded(deny), { ...there, severity: 'medium' });
  add('pass', 'an allow ahead of the deny', guarded(allow, deny), there);
  add('fail', 'an allow behind the deny', guarded(deny, allow), there);
  add('notApplicable', 'nothing denied', guarded(), there);
  add('notApplicable', 'no security group', asIs, there);
  add(
    'notApplicable',
    'a registry that is reached privately',
    both(guarded(deny), (scene) => {
      withRegistry(scene);
      withEndpoint(scene, ids.registry, ['registry'], ids.pe);
    }),
    there,
  );
  add('notApplicable', 'in no subnet of yours', placeless, current);
});
rule('aks.outbound-acr', (add) => add('notApplicable', 'no cluster', none, { profile: 'current' }));

rule('aks.scoring-inbound', (add) => {
  const secured = settings({ sslConfiguration: { status: 'Enabled' } });
  add('fail', 'nothing of its own', guarded(), { ...place, severity: 'medium' });
  add('pass', 'some callers on 443', both(secured, guarded('A Allow Inbound Tcp 203.0.113.0/24 * 443')), place);
  add('fail', 'callers on 443, and the endpoint without TLS', guarded('A Allow Inbound Tcp Internet * 443'), place);
  add('pass', 'everybody on 80', guarded('A Allow Inbound Tcp Internet 203.0.113.80 80'), place);
  add('fail', 'the nodes rather than the address', guarded('A Allow Inbound Tcp Internet 10.0.8.0/24 80'), place);
  add('pass', 'no security group', asIs, place);
  add('notApplicable', 'internal', both(guarded(), settings({ loadBalancerType: 'InternalLoadBalancer' })), place);
  add('notApplicable', 'nobody from outside', both(guarded(), intents({ externalScoring: false })), place);
  add('notApplicable', 'nothing deployed', both(guarded(), settings({ systemServices: [] })), place);
  add('unknown', 'no address', both(guarded(), settings({ systemServices: [{ version: '1' }] })), place);
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.scoring-inbound');

/** The account and the vault name the subnet of the nodes. */
const admitted =
  (id: string, where: string = nodes): SampleChange =>
  (scene) => {
    scene.bodies[id].properties.networkAcls.virtualNetworkRules.push({ id: where, action: 'Allow' });
  };
const opened =
  (id: string): SampleChange =>
  (scene) => {
    scene.bodies[id].properties.networkAcls.defaultAction = 'Allow';
  };
/** Reached by private endpoints alone, which lie in this subnet. */
const privately =
  (id: string, groups: readonly string[], at: string): SampleChange =>
  (scene) => {
    scene.bodies[id].properties.networkAcls.virtualNetworkRules = [];
    withEndpoint(scene, id, groups, at);
  };
const beside: SampleChange = (scene) => {
  scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [
    { properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: ids.farVnet } } },
  ];
};

rule('aks.storage-same-vnet', (add) => {
  const there = { ...on, where: ids.account };
  const groups = ['blob', 'file'];
  add('pass', 'a rule for the subnet of the nodes', admitted(ids.account), there);
  add('fail', 'rules for other subnets only', asIs, { ...there, severity: 'high' });
  add(
    'fail',
    'no rule for the subnet of the pods',
    both(admitted(ids.account), pool({ podSubnetID: ids.second })),
    there,
  );
  add('notApplicable', 'an open account', opened(ids.account), there);
  add('pass', 'endpoints in the network', privately(ids.account, groups, ids.pe), there);
  add('pass', 'endpoints in a peer', both(beside, privately(ids.account, groups, ids.far)), there);
  add('fail', 'endpoints elsewhere', privately(ids.account, groups, ids.far), there);
  add('notApplicable', 'in no subnet of yours', placeless);
});
everywhere('aks.storage-same-vnet');

rule('aks.dependencies-same-vnet', (add) => {
  const of = (where: string) => ({ ...current, where });
  add('fail', 'a vault that names other subnets only', asIs, { ...of(ids.vault), severity: 'high' });
  add('pass', 'a vault that names the subnet', admitted(ids.vault), of(ids.vault));
  add('pass', 'an open vault', opened(ids.vault), of(ids.vault));
  add('pass', 'an account that names the subnet', admitted(ids.account), of(ids.account));
  add('pass', 'a vault with an endpoint in the network', privately(ids.vault, ['vault'], ids.pe), of(ids.vault));
  add(
    'pass',
    'a vault with an endpoint in a peered network',
    both(beside, privately(ids.vault, ['vault'], ids.far)),
    of(ids.vault),
  );
  add('fail', 'a vault with an endpoint elsewhere', privately(ids.vault, ['vault'], ids.far), of(ids.vault));
  const door =
    (at: string): SampleChange =>
    (scene) => {
      withEndpoint(scene, ids.workspace, ['amlworkspace'], at);
    };
  add('notApplicable', 'a workspace without endpoints', asIs, of(ids.workspace));
  add('pass', 'a workspace with one in the network', door(ids.pe), of(ids.workspace));
  add('fail', 'a workspace with one elsewhere', door(ids.far), of(ids.workspace));
});

export const aksSamples: readonly Sample[] = table;
