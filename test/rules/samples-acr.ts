// Samples of the registry rules: what is changed in a closed workspace with a closed registry, and what
// the rule says then.
import {
  cluster,
  connection,
  endpoint,
  endpointId,
  ids,
  type Loose,
  missing,
  refused,
  type Scene,
  subscription,
  withEndpoint,
  withRegistry,
  withZone,
} from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

/** Every sample starts from a workspace with a registry. */
const { table, rule } = sampling((scene) => void withRegistry(scene));

const properties = (scene: Scene, id: string = ids.registry): Loose => scene.bodies[id].properties;
const rules = (scene: Scene): Loose => properties(scene).networkRuleSet;
const sku =
  (name: string): SampleChange =>
  (scene) => {
    scene.bodies[ids.registry].sku = { name, tier: name };
    if (!/premium/i.test(name)) Reflect.deleteProperty(properties(scene), 'networkRuleSet');
  };
const open: SampleChange = (scene) => {
  rules(scene).defaultAction = 'Allow';
};
const off: SampleChange = (scene) => {
  properties(scene).publicNetworkAccess = 'Disabled';
};
const admits =
  (...subnets: readonly string[]): SampleChange =>
  (scene) => {
    rules(scene).virtualNetworkRules = subnets.map((id) => ({ action: 'Allow', id }));
  };
/** As a version shows it that does not know subnet rules. */
const unseen: SampleChange = (scene) => {
  Reflect.deleteProperty(rules(scene), 'virtualNetworkRules');
};
const builder =
  (name: unknown): SampleChange =>
  (scene) => {
    properties(scene, ids.workspace).imageBuildCompute = name;
  };
const compute = (scene: Scene, name = 'cpu-cluster'): Loose =>
  properties(scene, `${ids.workspace}/computes/${name}`).properties;
const second =
  (subnetId: string | null, name = 'second'): SampleChange =>
  (scene) => {
    scene.bodies[`${ids.workspace}/computes/${name}`] = cluster(name, subnetId);
  };
const instance: SampleChange = (scene) => {
  scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.computeType = 'ComputeInstance';
};
const architecture =
  (name: string): SampleChange =>
  (scene) => {
    scene.intents = { ...scene.intents, architecture: name };
  };
const door: SampleChange = (scene) => {
  withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
};
const link =
  (status: string, more: Loose = {}): SampleChange =>
  (scene) => {
    const target = { privateLinkResourceId: `${ids.registry}/privateLinkResources/registry`, groupId: 'registry' };
    properties(scene, ids.workspace).sharedPrivateLinkResources = [
      { name: 'Acr', properties: { ...target, requestMessage: 'Approve', status, ...more } },
    ];
  };
/** A connection whose endpoint cannot be read here. `says`: what it was requested with. */
const service =
  (status: string, says?: string): SampleChange =>
  (scene) => {
    const own = connection(ids.registry, says === undefined ? 'pe-of-the-service' : 'pe-of-the-link', status);
    if (says !== undefined) own.properties.privateLinkServiceConnectionState.description = says;
    own.properties.privateEndpoint.id =
      '/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/x/providers/Microsoft.Network/privateEndpoints/s';
    properties(scene).privateEndpointConnections.push(own);
    scene.bodies[own.id] = own;
  };
/** An endpoint of the customer's that waits for approval. */
const waiting: SampleChange = (scene) => {
  const own = connection(ids.registry, 'pe-waiting', 'Pending');
  properties(scene).privateEndpointConnections.push(own);
  scene.bodies[own.id] = own;
  scene.bodies[endpointId('pe-waiting')] = endpoint('pe-waiting', ids.registry, ['registry'], ids.pe);
};
const wired: SampleChange = (scene) => {
  withEndpoint(scene, ids.registry, ['registry'], ids.pe);
};
const zone: SampleChange = (scene) => withZone(scene, 'privatelink.azurecr.io', [ids.vnet]);
/** Reached by private endpoints as a whole, the registry without subnet rules. */
const privately = both(architecture('private-endpoint'), admits());
const managed: SampleChange = (scene) => {
  admits()(scene);
  properties(scene, ids.workspace).managedNetwork = {
    isolationMode: 'AllowOnlyApprovedOutbound',
    status: { status: 'Active' },
    outboundRules: {
      registry: {
        type: 'PrivateEndpoint',
        status: 'Active',
        category: 'UserDefined',
        destination: { serviceResourceId: ids.registry, subresourceTarget: 'registry', sparkEnabled: false },
      },
    },
  };
};
const none: SampleChange = (scene) => {
  properties(scene, ids.workspace).containerRegistry = null;
  Reflect.deleteProperty(scene.bodies, ids.registry);
};

rule('acr.resolved', (add) => {
  add('pass', 'it is there', asIs);
  add('notApplicable', 'the workspace has none yet', none, { on: ids.workspace });
  add('fail', 'Azure answers 404', (scene) => scene.gaps.push(missing(ids.registry)));
  add('unknown', 'it may not be read', (scene) => scene.gaps.push(refused(ids.registry)));
});

rule('acr.workspace-enterprise', (add) => {
  const seed = { profile: 'article-2020' } as const;
  const edition =
    (name: string): SampleChange =>
    (scene) => {
      scene.bodies[ids.workspace].sku = { name, tier: name };
    };
  add('fail', 'Premium registry, Basic workspace', asIs, { ...seed, severity: 'info' });
  add('pass', 'enterprise, in lower case', edition('enterprise'), seed);
  add('notApplicable', 'the registry is open and Basic', sku('Basic'), seed);
  add('unknown', 'no edition is shown', (scene) => Reflect.deleteProperty(scene.bodies[ids.workspace], 'sku'), seed);
  add('notApplicable', 'superseded today', asIs);
  add('notApplicable', 'P', privately, seed);
});

rule('acr.sku-premium', (add) => {
  for (const name of ['Basic', 'Standard', 'Classic', 'basic']) add('fail', name, sku(name), { severity: 'high' });
  add('pass', 'premium, in lower case', sku('premium'));
  add('unknown', 'a SKU nobody knows', sku('Platinum Premium'));
  add('unknown', 'no SKU is shown', (scene) => Reflect.deleteProperty(scene.bodies[ids.registry], 'sku'));
  add('fail', 'P, Basic', both(architecture('private-endpoint'), sku('Basic')));
});

rule('acr.same-vnet-subnet', (add) => {
  add('pass', 'both name the subnet of the builder', asIs);
  add('fail', 'storage names one subnet, the registry another', both(second(ids.second), admits(ids.second)), {
    severity: 'high',
  });
  add(
    'fail',
    'the builder sits in a subnet that only the registry names',
    both(second(ids.second), builder('second'), admits(ids.train, ids.second)),
  );
  add('fail', 'no rule at all', admits());
  add('pass', 'no builder is set, and one subnet is common', builder(''));
  add('pass', 'the account is open to all', (scene) => {
    properties(scene, ids.account).networkAcls.defaultAction = 'Allow';
    properties(scene, ids.account).networkAcls.virtualNetworkRules = [];
  });
  add('unknown', 'the version read shows no subnet rules', unseen);
  add('unknown', 'the account may not be read', (scene) => scene.gaps.push(refused(ids.account)));
  add('notApplicable', 'the registry is open', open);
  add('notApplicable', 'no compute in a subnet', (scene) => {
    compute(scene).subnet = null;
  });
  add('notApplicable', 'P', privately);
});

rule('acr.workspace-has-cluster', (add) => {
  const failed: SampleChange = (scene) => {
    properties(scene, `${ids.workspace}/computes/cpu-cluster`).provisioningState = 'Failed';
  };
  add('pass', 'a cluster', asIs);
  add('fail', 'Deny, an instance alone', instance, { severity: 'high' });
  add('fail', 'a cluster that failed', failed);
  add(
    'fail',
    'open, with an endpoint, an instance alone',
    both(architecture('private-endpoint'), open, wired, instance),
  );
  add('pass', 'M, an instance', both(managed, instance));
  add('notApplicable', 'the registry is open', both(open, instance));
  add('unknown', 'the computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
});

rule('acr.default-action-deny', (add) => {
  add('pass', 'Premium, Deny', asIs);
  add('fail', 'Premium, Allow', open, { severity: 'critical' });
  add('fail', 'Premium, no rule set', (scene) => {
    properties(scene).networkRuleSet = null;
  });
  add('fail', 'Basic', sku('Basic'));
  add('pass', 'Premium, Disabled', both(open, off));
  add('pass', 'P, Premium, Disabled', both(privately, open, off));
  add('unknown', 'the rule set is a text', (scene) => {
    properties(scene).networkRuleSet = 'closed';
  });
  add('unknown', 'a perimeter decides', (scene) => {
    properties(scene).publicNetworkAccess = 'SecuredByPerimeter';
  });
});

rule('acr.vnet-rule-compute-subnet', (add) => {
  const train = { where: ids.train };
  add('pass', 'listed', asIs, train);
  add('pass', 'listed in another letter case', admits(ids.train.toUpperCase()), train);
  add(
    'pass',
    'listed under the key of the newest version',
    (scene) => {
      rules(scene).virtualNetworkRules = [{ action: 'Allow', virtualNetworkSubnetResourceId: ids.train }];
    },
    train,
  );
  add('fail', 'another subnet is not listed', second(ids.second), { where: ids.second, severity: 'critical' });
  add('fail', 'open, and not listed', both(open, admits()), { ...train, severity: 'high' });
  add('fail', 'Basic', sku('Basic'), { ...train, severity: 'high' });
  add('unknown', 'the version read shows no subnet rules', unseen, train);
  add(
    'unknown',
    'an entry names nothing',
    (scene) => {
      rules(scene).virtualNetworkRules = [{ action: 'Allow' }];
    },
    train,
  );
  add('notApplicable', 'P', both(privately, wired), train);
});

rule('acr.subnet-service-endpoint', (add) => {
  const train = { where: ids.train };
  const endpoints =
    (change: (list: Loose[]) => Loose[]): SampleChange =>
    (scene) => {
      const subnet = scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train);
      subnet.properties.serviceEndpoints = change(subnet.properties.serviceEndpoints);
    };
  add('pass', 'it is there', asIs, train);
  add(
    'fail',
    'it is not',
    endpoints((list) => list.filter(({ service }) => !/registry/i.test(service))),
    {
      ...train,
      severity: 'high',
    },
  );
  add(
    'fail',
    'it failed',
    endpoints((list) => list.map((one) => ({ ...one, provisioningState: 'Failed' }))),
    train,
  );
  add(
    'unknown',
    'it is being changed',
    endpoints((list) => list.map((one) => ({ ...one, provisioningState: 'Updating' }))),
    train,
  );
  add('notApplicable', 'P', privately, train);
});

rule('acr.image-build-compute', (add) => {
  add('pass', 'a cluster that stands', asIs);
  add('pass', 'in another letter case', builder('CPU-Cluster'));
  add('fail', 'none', builder(''), { severity: 'critical' });
  add('fail', 'null', builder(null));
  add('fail', 'none, in a managed network', both(managed, builder('')), { severity: 'low' });
  add('pass', 'an instance, in a managed network', both(managed, instance));
  add('fail', 'a cluster that is gone', builder('old-cluster'));
  add('fail', 'no nodes', (scene) => {
    compute(scene).scaleSettings.maxNodeCount = 0;
  });
  add('fail', 'an instance', instance);
  add('fail', 'a cluster that failed', (scene) => {
    properties(scene, `${ids.workspace}/computes/cpu-cluster`).provisioningState = 'Failed';
  });
  add('unknown', 'a cluster that is being made', (scene) => {
    properties(scene, `${ids.workspace}/computes/cpu-cluster`).provisioningState = 'Creating';
  });
  add('unknown', 'a number', builder(7));
  add('unknown', 'the computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
  add('notApplicable', 'the registry is open', both(open, builder('')));
  add('pass', 'M, an instance', both(managed, instance));
  add('fail', 'P, none', both(privately, wired, builder('')));
});

rule('acr.build-cluster-same-subnet', (add) => {
  add('pass', 'the subnet of the rules', asIs);
  add('fail', 'another subnet', both(second(ids.second), builder('second')), { severity: 'high' });
  add('fail', 'no subnet', both(second(null), builder('second')));
  add('notApplicable', 'none is set', builder(''));
  add('notApplicable', 'the registry is open', open);
  add('unknown', 'the version read shows no subnet rules', unseen);
  add('notApplicable', 'P', both(privately, wired));
});

rule('acr.shared-private-link', (add) => {
  add('fail', 'an endpoint of the workspace, and no link', door, { severity: 'high' });
  add(
    'fail',
    'a link to another registry',
    both(door, link('Approved', { privateLinkResourceId: `${ids.vault}/privateLinkResources/registry` })),
  );
  add('pass', 'a link', both(door, link('Pending')));
  add(
    'pass',
    'a link in the spelling of 2019',
    both(door, (scene) => {
      properties(scene, ids.workspace).sharedPrivateLinkResources = [
        {
          Name: 'Acr',
          Properties: {
            PrivateLinkResourceId: `${ids.registry}/PrivateLinkResources/registry`,
            GroupId: 'Registry',
            Status: 'Pending',
          },
        },
      ];
    }),
  );
  add('notApplicable', 'the workspace has no endpoint', asIs);
  add('notApplicable', 'the registry is open', both(door, open));
  add(
    'unknown',
    'the list is a text',
    both(door, (scene) => {
      properties(scene, ids.workspace).sharedPrivateLinkResources = 'Acr';
    }),
  );
  add('notApplicable', 'P', both(privately, door, wired));
});

rule('acr.shared-private-link-approved', (add) => {
  add('fail', 'both wait', both(link('Pending'), service('Pending')), { severity: 'high' });
  add('fail', 'the registry rejected it, whatever the workspace shows', both(link('Approved'), service('Rejected')));
  add('pass', 'the registry approved it, whatever the workspace shows', both(link('Pending'), service('Approved')));
  add('pass', 'the workspace says so, and the registry shows nothing', link('Approved'));
  add('pass', 'an endpoint of yours waits beside it', both(link('Approved'), service('Approved'), waiting));
  add(
    'fail',
    "somebody else's is approved, and the one that says what the link asks with waits",
    both(link('Pending'), service('Approved'), service('Pending', 'Approve')),
  );
  add(
    'pass',
    "somebody else's waits, and the one that says what the link asks with is approved",
    both(link('Approved'), service('Pending'), service('Approved', 'Approve')),
  );
  add('unknown', 'nobody says', link(''));
  add('notApplicable', 'no link', waiting);
  add('notApplicable', 'P', both(privately, link('Pending'), service('Pending')));
});

rule('acr.endpoint-kinds-exclusive', (add) => {
  add('fail', 'a subnet rule and an endpoint', wired, { severity: 'high' });
  add('fail', 'P, a subnet rule and an endpoint', both(architecture('private-endpoint'), wired, zone));
  add('pass', 'a subnet rule and the link of the service', both(link('Approved'), service('Approved')));
  add('pass', 'endpoints alone', both(admits(), wired));
  add('pass', 'rules alone', asIs);
  add('unknown', 'an endpoint, and the version read shows no subnet rules', both(unseen, wired));
  add('pass', 'no endpoint, and the version read shows no subnet rules', unseen);
  add('unknown', 'Azure refused the old version', (scene) => {
    unseen(scene);
    wired(scene);
    scene.gaps.push(refused(`${ids.registry}/virtualNetworkRules`, 'Microsoft.ContainerRegistry/registries/read'));
  });
});

rule('acr.public-endpoint-kept', (add) => {
  add('fail', 'subnet rules, and it is off', off, { severity: 'high' });
  add('pass', 'on', asIs);
  add('pass', 'not shown, which is on', (scene) => Reflect.deleteProperty(properties(scene), 'publicNetworkAccess'));
  add('unknown', 'off, and the version read shows no subnet rules', both(off, unseen));
  add('notApplicable', 'P, stale rules, off', both(architecture('private-endpoint'), wired, off));
});

rule('acr.rule-capacity', (add) => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${ids.vnet}/subnets/s${index}`);
  add('fail', 'a 101st subnet rule is needed', admits(...many(100)), { severity: 'low' });
  add('pass', '100, the needed one among them', admits(...many(99), ids.train));
  add('fail', '201 IP rules', (scene) => {
    rules(scene).ipRules = Array.from({ length: 201 }, (_, index) => ({
      value: `203.0.113.${index}`,
      action: 'Allow',
    }));
  });
  add('unknown', 'the version read shows no subnet rules', unseen);
  add(
    'pass',
    'Basic has none',
    both(sku('Basic'), (scene) => {
      compute(scene).subnet = null;
    }),
  );
});

rule('acr.private-endpoint', (add) => {
  add('fail', 'none', privately, { severity: 'high' });
  add('fail', 'an endpoint, its zone not linked', both(privately, wired));
  add('pass', 'an endpoint, its zone linked', both(privately, wired, zone));
  add('fail', 'it waits for approval', both(privately, waiting, zone));
  add('fail', 'Basic', both(privately, sku('Basic')));
  add(
    'unknown',
    'zones may not be listed',
    both(privately, wired, (scene) => {
      scene.gaps.push(refused(`/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`));
    }),
  );
  add('notApplicable', 'S', asIs);
  add('pass', 'M, an active rule', managed);
  add(
    'fail',
    'M, no rule',
    both(managed, (scene) => {
      properties(scene, ids.workspace).managedNetwork.outboundRules = {};
    }),
  );
});

rule('acr.trusted-services', (add) => {
  const bypass =
    (value: unknown): SampleChange =>
    (scene) => {
      properties(scene).networkRuleBypassOptions = value;
    };
  add('fail', 'P, Deny, None', both(privately, wired, bypass('None')), { severity: 'high' });
  add('fail', 'M, none, in lower case', both(managed, bypass('none')));
  add('pass', 'P, AzureServices', both(privately, wired));
  add('pass', 'P, not shown', both(privately, wired, bypass(undefined)));
  add('unknown', 'P, a value nobody knows', both(privately, wired, bypass('Everybody')));
  add(
    'pass',
    'P, AzureServices, not for ACR Tasks',
    both(privately, wired, (scene) => {
      properties(scene).networkRuleBypassAllowedForTasks = false;
    }),
  );
  add('notApplicable', 'P, open', both(privately, wired, open, bypass('None')));
  add('notApplicable', 'S, None', bypass('None'));
});

rule('acr.tasks-bypass', (add) => {
  const tasks =
    (value: boolean, builder: string | null = null): SampleChange =>
    (scene) => {
      properties(scene).networkRuleBypassAllowedForTasks = value;
      properties(scene, ids.workspace).imageBuildCompute = builder;
    };
  add('fail', 'P, false, no image build compute', both(privately, wired, tasks(false)), { severity: 'low' });
  add('fail', 'M, false, no image build compute', both(managed, tasks(false)));
  add('pass', 'P, true', both(privately, wired, tasks(true)));
  add('notApplicable', 'P, false, a cluster builds', both(privately, wired, tasks(false, 'cpu-cluster')));
  add('notApplicable', 'P, not shown', both(privately, wired));
  add('notApplicable', 'P, open', both(privately, wired, open, tasks(false)));
});

rule('acr.build-cluster-cpu', (add) => {
  const size =
    (name: unknown): SampleChange =>
    (scene) => {
      compute(scene).vmSize = name;
    };
  add('fail', 'a size with a graphics card', size('STANDARD_NC6S_V3'), { severity: 'medium' });
  add('pass', 'a size without', size('Standard_DS3_v2'));
  add('unknown', 'no size is shown', size(null));
  add('notApplicable', 'none is set', builder(''));
  add('notApplicable', 'the cluster is gone', builder('old-cluster'));
});

rule('acr.build-cluster-egress', (add) => {
  const at = (scene: Scene): Loose =>
    scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train).properties;
  const hidden: SampleChange = (scene) => {
    compute(scene).enableNodePublicIp = false;
  };
  const isPrivate: SampleChange = (scene) => {
    at(scene).defaultOutboundAccess = false;
  };
  const nat: SampleChange = (scene) => {
    at(scene).natGateway = { id: `${ids.vnet.replace(/virtualNetworks.*/, 'natGateways')}/nat` };
  };
  const routed =
    (nextHopType: string): SampleChange =>
    (scene) => {
      const id = ids.vnet.replace(/virtualNetworks.*/, 'routeTables/rt');
      const hop = nextHopType === 'VirtualAppliance' ? { nextHopIpAddress: '10.0.9.4' } : {};
      const routes = [{ name: 'all', properties: { addressPrefix: '0.0.0.0/0', nextHopType, ...hop } }];
      scene.bodies[id] = {
        id,
        name: 'rt',
        type: 'Microsoft.Network/routeTables',
        location: 'westeurope',
        properties: { routes },
      };
      at(scene).routeTable = { id };
    };
  const guarded =
    (...rules: readonly Loose[]): SampleChange =>
    (scene) => {
      const id = ids.vnet.replace(/virtualNetworks.*/, 'networkSecurityGroups/nsg');
      scene.bodies[id] = {
        id,
        name: 'nsg',
        type: 'Microsoft.Network/networkSecurityGroups',
        location: 'westeurope',
        properties: {
          securityRules: rules.map((properties, index) => ({
            name: `r${index}`,
            properties: {
              ...{ priority: 200 + index, direction: 'Outbound', access: 'Allow', protocol: '*' },
              ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationPortRange: '*', ...properties },
            },
          })),
        },
      };
      at(scene).networkSecurityGroup = { id };
    };
  const deny = { access: 'Deny', destinationAddressPrefix: 'Internet', priority: 400 };
  add('pass', 'public addresses, open outbound', asIs);
  add('pass', 'no public addresses, a NAT gateway', both(hidden, nat));
  add('fail', 'no public addresses, and no way out', both(hidden, isPrivate), { severity: 'high' });
  add('fail', 'no public addresses, by Azure’s default alone', hidden, { severity: 'medium' });
  add('fail', 'no public addresses, and a route that drops everything', both(hidden, routed('None')));
  add('unknown', 'everything goes through somebody’s appliance', both(hidden, routed('VirtualAppliance')));
  add('fail', 'limited, Microsoft’s images denied', guarded(deny), { severity: 'high' });
  add(
    'pass',
    'limited, Microsoft’s images allowed',
    guarded(
      { destinationAddressPrefix: 'MicrosoftContainerRegistry' },
      { destinationAddressPrefix: 'AzureFrontDoor.FirstParty' },
      deny,
    ),
  );
  add('notApplicable', 'none is set', builder(''));
  add('notApplicable', 'the registry is open', open);
  add('notApplicable', 'M', managed);
});

rule('acr.service-endpoint-preview', (add) => {
  add('pass', 'subnet rules', asIs);
  add('notApplicable', 'no subnet rules', (scene) => {
    properties(scene).networkRuleSet.virtualNetworkRules = [];
  });
  add('notApplicable', 'private endpoints', both(privately, wired));
  add('unknown', 'the registry may not be read', (scene) => {
    scene.gaps.push(refused(ids.registry));
  });
});

rule('acr.service-endpoint-clients', (add) => {
  const aci =
    (uses: boolean): SampleChange =>
    (scene) => {
      scene.intents = { ...scene.intents, usesAci: uses };
    };
  const delegated: SampleChange = (scene) => {
    const subnet = scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.second);
    subnet.properties.delegations = [
      { name: 'aci', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } },
    ];
  };
  add('fail', 'subnet rules, and container instances', aci(true), { severity: 'medium' });
  add('fail', 'subnet rules, and a subnet handed to container instances', delegated);
  add('pass', 'no container instances, whatever the subnet is handed to', both(delegated, aci(false)));
  add('pass', 'nothing is handed to them', asIs);
  add('unknown', 'the version read shows no subnet rules', both(aci(true), unseen));
  add('notApplicable', 'P', both(privately, wired, aci(true)));
});

export const acrSamples: readonly Sample[] = table;
