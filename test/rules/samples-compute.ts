// The samples of the rules about what surrounds computes: networks, addresses, locks, policies, quotas, nodes, inbound and
// outbound access. Those about the computes' own settings are in samples-workspace.ts.
import {
  cluster,
  group,
  ids,
  type Loose,
  missing,
  refused,
  reports,
  type Scene,
  subscription,
  withEndpoint,
} from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

const { table, rule } = sampling();

const computeId = (name: string) => `${ids.workspace}/computes/${name}`;
const cpu = { on: computeId('cpu-cluster') };
const anna = { on: computeId('ci-anna') };
const none: SampleChange = (scene) => Reflect.deleteProperty(scene.bodies, computeId('cpu-cluster'));
const compute =
  (members: Loose, name = 'cpu-cluster'): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[computeId(name)].properties.properties, members);
  };
const another =
  (name: string, subnet: string, members: Loose = {}): SampleChange =>
  (scene) => {
    scene.bodies[computeId(name)] = cluster(name, subnet);
    compute(members, name)(scene);
  };
const instance =
  (members: Loose): SampleChange =>
  (scene) => {
    const one = cluster('ci-anna', ids.train);
    one.properties.computeType = 'ComputeInstance';
    one.properties.properties = { vmSize: 'STANDARD_DS3_V2', subnet: { id: ids.train }, ...members };
    scene.bodies[one.id] = one;
  };
const hidden = compute({ enableNodePublicIp: false });
const set =
  (members: Loose, id: string = ids.workspace): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[id].properties, members);
  };
const serverless = (noPublicIp: boolean, subnet: string = ids.second): SampleChange =>
  set({
    serverlessComputeSettings: { serverlessComputeCustomSubnet: subnet, serverlessComputeNoPublicIP: noPublicIp },
  });
const managed: SampleChange = both(
  set({ managedNetwork: { isolationMode: 'AllowInternetOutbound', status: { status: 'Active' }, outboundRules: {} } }),
  compute({ subnet: null, enableNodePublicIp: false }),
);
const subnetOf = (scene: Scene, id: string = ids.train): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === id).properties;
const subnet =
  (members: Loose, id: string = ids.train): SampleChange =>
  (scene) => {
    Object.assign(subnetOf(scene, id), members);
  };
const gap =
  (id: string): SampleChange =>
  (scene) => {
    scene.gaps.push(refused(id));
  };
const computesHidden = gap(`${ids.workspace}/computes`);
/** A far network in another region, with a cluster in it. */
const abroad: SampleChange = both(
  (scene) => {
    scene.bodies[ids.farVnet].location = 'North Europe';
  },
  another('far-cluster', ids.far),
);
const far = { on: computeId('far-cluster') };
const door =
  (at: string): SampleChange =>
  (scene) => {
    withEndpoint(scene, ids.workspace, ['amlworkspace'], at);
  };
const peered: SampleChange = (scene) => {
  scene.bodies[ids.farVnet].properties.virtualNetworkPeerings = [
    { properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: ids.vnet } } },
  ];
};

rule('compute.vnet-same-subscription', (add) => {
  const elsewhere = ids.train.replace(subscription, '00000000-0000-0000-0000-0000000000ff');
  add('fail', 'the GUIDs differ', compute({ subnet: { id: elsewhere } }), { ...cpu, severity: 'high' });
  add('pass', 'the GUID in other letters', compute({ subnet: { id: ids.train.toUpperCase() } }), cpu);
  add('unknown', 'an id without a subscription', compute({ subnet: { id: '/subnets/x' } }), cpu);
  add('unknown', 'an id that is a number', compute({ subnet: { id: 7 } }), cpu);
  add('notApplicable', 'in no subnet', compute({ subnet: null }), cpu);
  add('notApplicable', 'no compute', none);
  add('unknown', 'computes may not be listed', computesHidden);
});

rule('compute.vnet-same-region', (add) => {
  add('pass', 'the same region', asIs, cpu);
  add(
    'pass',
    'the same region in other words',
    (scene) => {
      scene.bodies[ids.vnet].location = 'West Europe';
    },
    cpu,
  );
  add(
    'fail',
    'an instance abroad',
    both(instance({}), (scene) => {
      scene.bodies[ids.vnet].location = 'northeurope';
    }),
    { ...anna, severity: 'high' },
  );
  add('pass', 'a cluster abroad, no endpoint of the workspace', abroad, far);
  add('fail', 'a cluster abroad, as the article has it', abroad, { ...far, profile: 'article-2020' });
  add('fail', 'a cluster abroad, an endpoint elsewhere', both(abroad, door(ids.pe)), far);
  add('pass', 'a cluster abroad, an endpoint beside it', both(abroad, door(ids.far)), far);
  add('pass', 'a cluster abroad, an endpoint in a peer', both(abroad, peered, door(ids.pe)), far);
  add('fail', 'serverless computes abroad', both(abroad, serverless(true, ids.far)));
  add('pass', 'serverless computes at home', serverless(true));
  add('unknown', 'the network may not be read', both(abroad, gap(ids.farVnet)), far);
  add(
    'unknown',
    'a region that is a number',
    (scene) => {
      scene.bodies[ids.vnet].location = 7;
    },
    cpu,
  );
  add('notApplicable', 'in no subnet', compute({ subnet: null }), cpu);
});

rule('compute.subnet-free-ips', (add) => {
  const at = { on: ids.train };
  const counted =
    (used: Loose, limit: Loose = 11): SampleChange =>
    (scene) => {
      Object.assign(scene.bodies[reports.addresses].value[0], { currentValue: used, limit });
    };
  const small: SampleChange = both(counted(9), subnet({ addressPrefix: '10.0.1.0/28' }));
  const unread = gap(reports.addresses);
  const taken = (count: number): SampleChange =>
    subnet({ ipConfigurations: Array.from({ length: count }, (_, index) => ({ id: `/nic/${index}` })) });
  const most = (nodes: Loose): SampleChange => compute({ scaleSettings: { minNodeCount: 0, maxNodeCount: nodes } });
  add('fail', 'a /28 with 9 used, a cluster of 0 to 4', small, { ...at, severity: 'high' });
  add('pass', 'the same, a cluster of 2 to 4', both(small, compute({ currentNodeCount: 2 })), at);
  add('fail', 'two clusters share it', both(small, most(2), another('second', ids.train)), at);
  add('fail', 'counted as decimals', counted(9.0, 11.0), at);
  add('pass', 'not counted, and enough in the subnet', counted(-1, -1), at);
  add('fail', 'not counted, and too few in the subnet', both(unread, subnet({ addressPrefix: '10.0.1.0/29' })), at);
  add(
    'fail',
    'not counted, a prefix in the plural',
    both(unread, subnet({ addressPrefix: undefined, addressPrefixes: ['10.0.1.0/28'] }), taken(9)),
    at,
  );
  add('pass', 'a cluster that is as large as it may be', both(small, compute({ currentNodeCount: 4 })), at);
  add('unknown', 'a largest number that is a text', both(small, most('4')), at);
  add('unknown', 'no range is shown', both(unread, subnet({ addressPrefix: undefined })), at);
  add('unknown', 'neither count nor network may be read', both(unread, gap(ids.vnet), gap(ids.train)), at);
  add('notApplicable', 'no compute', none);
  add('unknown', 'computes may not be listed', computesHidden);
});

rule('compute.locks', (add) => {
  const lock =
    (scope: string, level: Loose, notes?: string): SampleChange =>
    (scene) => {
      const id = `${scope}/providers/Microsoft.Authorization/locks/guard`;
      scene.bodies[id] = { id, name: 'guard', type: 'Microsoft.Authorization/locks', properties: { level, notes } };
    };
  const whole = `/subscriptions/${subscription}`;
  const other = `${whole}/resourceGroups/rg-net`;
  const away = `${other}/providers/Microsoft.Network/virtualNetworks/vnet-net`;
  const elsewhere: SampleChange = (scene) => {
    scene.bodies[away] = { ...scene.bodies[ids.farVnet], id: away, name: 'vnet-net' };
    scene.bodies[away].properties = { ...scene.bodies[away].properties, subnets: [] };
    compute({ subnet: { id: `${away}/subnets/one` } })(scene);
  };
  add('pass', 'none', asIs);
  add('fail', 'read-only on the group', lock(group, 'ReadOnly'), { severity: 'high' });
  add('fail', 'read-only on the network', lock(ids.vnet, 'readonly'), { severity: 'high' });
  add('fail', 'read-only on the subscription', lock(whole, 'ReadOnly'), { severity: 'high' });
  add('fail', 'against deletion of the workspace', lock(ids.workspace, 'CanNotDelete', 'ours'), { severity: 'medium' });
  add(
    'fail',
    'against deletion of the workspace’s group, spelt otherwise',
    lock(group.replace('resourceGroups', 'resourcegroups'), 'CanNotDelete'),
    { severity: 'medium' },
  );
  add('fail', 'against deletion of the network’s group', both(elsewhere, lock(other, 'CanNotDelete')), {
    severity: 'medium',
  });
  add('pass', 'the same, and no compute with a public address', both(elsewhere, hidden, lock(other, 'CanNotDelete')));
  add('fail', 'against deletion of the network', lock(ids.vnet, 'CanNotDelete'), { severity: 'medium' });
  add('pass', 'on one account', lock(ids.account, 'CanNotDelete'));
  add('fail', 'M, on the workspace', both(managed, lock(ids.workspace, 'ReadOnly')));
  add('pass', 'M, on a network', both(managed, lock(ids.vnet, 'ReadOnly')));
  add('unknown', 'locks may not be listed', gap(`${whole}/providers/Microsoft.Authorization/locks`));
});

/** A policy's rule, member by member: an object written with a `then` looks like a promise. */
const ruled = (type: string, effect: Loose): Loose =>
  Object.fromEntries([
    ['if', { field: 'type', equals: type }],
    ['then', { effect }],
  ]);

rule('compute.policy', (add) => {
  const definition = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyDefinitions/no-balancers`;
  const initiative = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policySetDefinitions/all`;
  const list = `${group}/providers/Microsoft.Authorization/policyAssignments?$filter=atScope()`;
  const defined =
    (effect: Loose, more: Loose = {}, type = 'Microsoft.Network/loadBalancers'): SampleChange =>
    (scene) => {
      const policyRule = ruled(type, effect);
      scene.bodies[definition] = { id: definition, properties: { displayName: 'No balancers', policyRule, ...more } };
    };
  const assigned =
    (more: Loose = {}, policyDefinitionId = definition): SampleChange =>
    (scene) => {
      const id = `${group}/providers/Microsoft.Authorization/policyAssignments/one`;
      scene.bodies[id] = { id, name: 'one', properties: { displayName: 'One', policyDefinitionId, ...more } };
    };
  const parameter = { effect: { type: 'String', defaultValue: 'Audit' } };
  const inSet =
    (parameters: Loose, declared: Loose = {}): SampleChange =>
    (scene) => {
      const policyDefinitions = [{ policyDefinitionId: definition, parameters }];
      scene.bodies[initiative] = { id: initiative, properties: { policyDefinitions, parameters: declared } };
    };
  const denies = defined('deny');
  add('pass', 'nothing is assigned', asIs);
  add('fail', 'load balancers are denied', both(denies, assigned()), { severity: 'medium' });
  add(
    'fail',
    'security groups are denied',
    both(defined('Deny', {}, 'microsoft.network/networkSecurityGroups'), assigned()),
  );
  add('pass', 'they are only audited', both(defined('audit'), assigned()));
  add('pass', 'another type is denied', both(defined('deny', {}, 'Microsoft.Storage/storageAccounts'), assigned()));
  add('pass', 'not enforced', both(denies, assigned({ enforcementMode: 'DoNotEnforce' })));
  add('pass', 'the group is exempt', both(denies, assigned({ notScopes: [group.toUpperCase()] })));
  const open = defined("[parameters('effect')]", { parameters: parameter });
  add(
    'fail',
    'denied by what the assignment gives',
    both(open, assigned({ parameters: { effect: { value: 'Deny' } } })),
  );
  add('pass', 'audited by default', both(open, assigned()));
  add('unknown', 'an effect that nothing says', both(defined("[parameters('effect')]"), assigned()));
  add('unknown', 'a definition that may not be read', both(denies, assigned(), gap(definition)));
  add('fail', 'denied in an initiative', both(denies, inSet({}), assigned({}, initiative)));
  add(
    'pass',
    'an initiative that hands down an audit',
    both(open, inSet({ effect: { value: 'Audit' } }), assigned({}, initiative)),
  );
  add(
    'fail',
    'an initiative that hands down what it is given',
    both(
      open,
      inSet({ effect: { value: "[parameters('mode')]" } }),
      assigned({ parameters: { mode: { value: 'deny' } } }, initiative),
    ),
  );
  add(
    'unknown',
    'an initiative that hands down what nobody says',
    both(open, inSet({ effect: { value: "[parameters('mode')]" } }), assigned({}, initiative)),
  );
  add(
    'unknown',
    'an initiative that may not be read',
    both(denies, inSet({}), assigned({}, initiative), gap(initiative)),
  );
  add('fail', 'public addresses on interfaces are denied', (scene) => {
    const builtIn = '/providers/Microsoft.Authorization/policyDefinitions/83a86a26-fd1f-447c-b59d-e51f44264114';
    const policyRule = ruled('Microsoft.Network/networkInterfaces', 'deny');
    scene.bodies[builtIn] = { id: builtIn, properties: { policyRule } };
    assigned({}, builtIn)(scene);
  });
  add('notApplicable', 'no compute has a public address', both(hidden, denies, assigned()));
  add('unknown', 'assignments may not be listed', gap(list));
});

rule('compute.network-quota', (add) => {
  const at = { on: ids.vnet };
  const row =
    (index: number, used: Loose, limit: Loose): SampleChange =>
    (scene) => {
      Object.assign(scene.bodies[reports.network].value[index], { currentValue: used, limit });
    };
  add('pass', 'enough of everything', asIs, at);
  add('fail', '10 of 10 load balancers, a cluster at 0 nodes', row(2, 10, 10), { ...at, severity: 'medium' });
  add('fail', 'no public address left', row(1, 10, 10), at);
  add('fail', 'no security group left', row(0, 10, 10), at);
  add('pass', 'a cluster with nodes has its own', both(row(2, 10, 10), compute({ currentNodeCount: 1 })), at);
  add(
    'fail',
    'two sets for more than 50 nodes',
    both(row(2, 9, 10), compute({ scaleSettings: { maxNodeCount: 60 } })),
    at,
  );
  add(
    'fail',
    'a tier of its own is used up',
    (scene) => {
      scene.bodies[reports.network].value.push({
        name: { value: 'StandardSkuPublicIpAddresses' },
        currentValue: 20,
        limit: 20,
      });
    },
    at,
  );
  add('unknown', 'a counter is not shown', (scene) => scene.bodies[reports.network].value.pop(), at);
  add('unknown', 'a counter that is a text', row(2, 'ten', 10), at);
  add('unknown', 'the quotas may not be read', gap(reports.network), at);
  add('notApplicable', 'no compute has a public address', both(hidden, row(2, 10, 10)), at);
  add('notApplicable', 'no compute', none);
});

rule('compute.core-quota', (add) => {
  const cores =
    (used: Loose, limit: Loose): SampleChange =>
    (scene) => {
      Object.assign(scene.bodies[reports.cores].value[0], { currentValue: used, limit });
    };
  add('fail', '16 of 20 used, 4 nodes of 2 cores to come', cores(16, 20), { ...cpu, severity: 'low' });
  add('pass', '8 free, 8 to come', cores(12, 20), cpu);
  add('fail', 'two clusters of one family', both(cores(8, 20), another('second', ids.second)), cpu);
  add('pass', 'it asks for no more', both(cores(20, 20), compute({ currentNodeCount: 4 })), cpu);
  add('unknown', 'a size nobody knows', compute({ vmSize: 'STANDARD_NEW' }), cpu);
  add(
    'unknown',
    'a family without a row',
    (scene) => {
      scene.bodies[reports.cores].value[0].name.value = 'Standard D Family Cluster Dedicated vCPUs';
    },
    cpu,
  );
  add('unknown', 'nodes of low priority', compute({ vmPriority: 'LowPriority' }), cpu);
  add('unknown', 'the quotas may not be read', gap(reports.cores), cpu);
  add('unknown', 'the sizes may not be read', gap(reports.sizes), cpu);
  add('fail', 'M as well', both(managed, cores(16, 20)), cpu);
  add('notApplicable', 'no cluster', none);
});

const made =
  (type: string, name: string, properties: Loose): SampleChange =>
  (scene) => {
    const id = `${group}/providers/Microsoft.Network/${type}/${name}`;
    scene.bodies[id] = { id, name, type: `Microsoft.Network/${type}`, location: 'westeurope', properties };
  };
const batch = '6f1f3b38-0a1e-4f55-9a3a-7d3f7d3a9b10-azurebatch-cloudservice';
const madeId = (type: string, name: string) => `${group}/providers/Microsoft.Network/${type}/${name}`;
const balancer = made('loadBalancers', `${batch}loadbalancer`, { backendAddressPools: [{ properties: {} }] });
const guarding = (more: Loose = {}): SampleChange =>
  made('networkSecurityGroups', 'guarding', {
    securityRules: [{ name: 'one', properties: { sourceAddressPrefix: 'BatchNodeManagement.WestEurope' } }],
    ...more,
  });

rule('compute.auto-resources', (add) => {
  add('pass', 'nothing made', asIs);
  add('pass', 'a load balancer is listed', balancer);
  add('unknown', 'load balancers may not be listed', gap(`${group}/providers/Microsoft.Network/loadBalancers`));
});

rule('compute.batch-nsg-untouched', (add) => {
  add('pass', 'nothing made', asIs);
  add('pass', 'a group is listed', guarding());
  add('unknown', 'groups may not be listed', gap(`${group}/providers/Microsoft.Network/networkSecurityGroups`));
});

rule('compute.orphaned-resources', (add) => {
  const at = { on: madeId('loadBalancers', `${batch}loadbalancer`) };
  const address = { on: madeId('publicIPAddresses', `${batch}publicip`) };
  const held = (id: string): SampleChange => made('publicIPAddresses', `${batch}publicip`, { ipConfiguration: { id } });
  const front = `${at.on}/frontendIPConfigurations/one`;
  add('pass', 'nothing made', asIs);
  add('fail', 'a load balancer without members, every cluster at 0', balancer, { ...at, severity: 'low' });
  add('pass', 'the same, an instance in the network', both(balancer, instance({})), at);
  add('pass', 'the same, a cluster with nodes', both(balancer, compute({ currentNodeCount: 1 })), at);
  add(
    'pass',
    'a member',
    made('loadBalancers', `${batch}loadbalancer`, {
      backendAddressPools: [{ properties: { backendIPConfigurations: [{ id: '/x' }] } }],
    }),
    at,
  );
  add(
    'pass',
    'a target of an inbound NAT rule',
    made('loadBalancers', `${batch}loadbalancer`, {
      inboundNatRules: [{ properties: { backendIPConfiguration: { id: '/nic/ipConfigurations/one' } } }],
    }),
    at,
  );
  add('fail', 'an address on nothing', made('publicIPAddresses', `${batch}publicip`, {}), address);
  add('fail', 'an address of that load balancer', both(balancer, held(front)), address);
  add('pass', 'an address on an interface', held('/nic/ipConfigurations/one'), address);
  add(
    'pass',
    'an address of a NAT gateway',
    made('publicIPAddresses', `${batch}publicip`, { natGateway: { id: '/nat' } }),
    address,
  );
  add('fail', 'a group on nothing', guarding(), { on: madeId('networkSecurityGroups', 'guarding') });
  add('pass', 'a group on an interface', both(guarding({ networkInterfaces: [{ id: '/nic' }] })), {
    on: madeId('networkSecurityGroups', 'guarding'),
  });
  add('unknown', 'addresses may not be listed', gap(`${group}/providers/Microsoft.Network/publicIPAddresses`));
});

rule('compute.unusable-nodes', (add) => {
  const nodes = (count: Loose, current: Loose = 2): SampleChange =>
    compute({ currentNodeCount: current, nodeStateCounts: { unusableNodeCount: count } });
  add('fail', 'one', nodes(1), { ...cpu, severity: 'high' });
  add('pass', 'none', nodes(0), cpu);
  add('pass', 'no counts and no node', compute({ currentNodeCount: 0, nodeStateCounts: null }), cpu);
  add('unknown', 'no counts and nodes', compute({ currentNodeCount: 2, nodeStateCounts: null }), cpu);
  add('unknown', 'a count that is a text', nodes('1'), cpu);
  add('notApplicable', 'no cluster', both(none, instance({})));
});

rule('compute.partial-allocation', (add) => {
  const state = (allocationState: Loose, currentNodeCount: Loose, targetNodeCount: Loose): SampleChange =>
    compute({ allocationState, currentNodeCount, targetNodeCount });
  add('fail', 'at rest with 2 of 4', state('Steady', 2, 4), { ...cpu, severity: 'medium' });
  add('pass', 'at rest with 4 of 4', state('steady', 4, 4), cpu);
  add('unknown', 'on its way', state('Resizing', 2, 4), cpu);
  add('unknown', 'a state nobody knows', state('Thinking', 4, 4), cpu);
  add('unknown', 'numbers that are not shown', state('Steady', null, 4), cpu);
  add('notApplicable', 'no cluster', none);
});

rule('compute.subnet-not-delegated', (add) => {
  const at = { on: ids.train };
  const delegated = (serviceName: Loose): SampleChange =>
    subnet({ delegations: [{ name: 'one', properties: { serviceName } }] });
  add('fail', 'to web farms', delegated('Microsoft.Web/serverFarms'), { ...at, severity: 'high' });
  add('pass', 'to nobody', asIs, at);
  add('pass', 'no member', subnet({ delegations: undefined }), at);
  add('unknown', 'to a number', delegated(7), at);
  add('unknown', 'a list that is none', subnet({ delegations: {} }), at);
  add(
    'notApplicable',
    'the subnet is gone',
    (scene) => {
      scene.bodies[ids.vnet].properties.subnets = scene.bodies[ids.vnet].properties.subnets.filter(
        (one: Loose) => one.id !== ids.train,
      );
      scene.gaps.push(missing(ids.train));
    },
    at,
  );
  add('notApplicable', 'no compute', none);
  add('unknown', 'the network may not be read', both(gap(ids.vnet), gap(ids.train)), at);
});

rule('compute.caller-can-join', (add) => {
  const at = { on: ids.vnet };
  const may =
    (...actions: readonly string[]): SampleChange =>
    (scene) => {
      scene.permissions.splice(0, scene.permissions.length, { scope: group, actions: [...actions], notActions: [] });
    };
  add('pass', 'everything', asIs, at);
  add('fail', 'only reading', may('*/read'), { ...at, severity: 'medium' });
  add('pass', 'reading, and everything of the network', may('*/read', 'Microsoft.Network/*'), at);
  add(
    'pass',
    'everything but rights',
    (scene) => {
      scene.permissions.splice(0, 1, { scope: group, actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] });
    },
    at,
  );
  add(
    'pass',
    'the rights on the subnet and the network alone',
    (scene) => {
      may('*/read')(scene);
      scene.permissions.push(
        { scope: ids.vnet, actions: ['Microsoft.Network/*'], notActions: [] },
        { scope: ids.train, actions: ['Microsoft.Network/*'], notActions: [] },
      );
    },
    at,
  );
  add('unknown', 'rights may not be read', (scene) => scene.permissions.splice(0, 1), at);
  add('notApplicable', 'no compute', none);
});

rule('compute.npip-private-endpoint', (add) => {
  const at = { on: ids.vnet };
  const farAway = { on: ids.farVnet };
  const inFar = another('far-cluster', ids.far, { enableNodePublicIp: false });
  add('fail', 'no endpoint at all', hidden, { ...at, severity: 'high' });
  add('fail', 'an endpoint in a network that is no peer', both(inFar, door(ids.pe)), farAway);
  add('pass', 'an endpoint in another subnet of the network', both(hidden, door(ids.pe)), at);
  add('pass', 'an endpoint in a connected peer', both(inFar, peered, door(ids.pe)), farAway);
  add('fail', 'serverless computes without a public address', serverless(true), at);
  add('notApplicable', 'every compute has a public address', asIs, at);
  add('notApplicable', 'serverless computes with public addresses', serverless(false), at);
  add('notApplicable', 'no compute', none);
});

rule('compute.explicit-outbound', (add) => {
  const at = { on: ids.train };
  const table = `${group}/providers/Microsoft.Network/routeTables/rt-out`;
  const routed =
    (nextHopType: string, nextHopIpAddress = '10.0.9.4'): SampleChange =>
    (scene) => {
      const properties = { addressPrefix: '0.0.0.0/0', nextHopType, nextHopIpAddress };
      scene.bodies[table] = { id: table, name: 'rt-out', properties: { routes: [{ name: 'all', properties }] } };
      subnet({ routeTable: { id: table } })(scene);
    };
  const gateway: SampleChange = (scene) => {
    scene.bodies[ids.vnet].properties.subnets.push({
      id: `${ids.vnet}/subnets/GatewaySubnet`,
      name: 'GatewaySubnet',
      properties: { addressPrefix: '10.0.250.0/27' },
    });
  };
  const off = subnet({ defaultOutboundAccess: false });
  add('fail', 'nothing, and no default', both(hidden, off), { ...at, severity: 'high' });
  add('fail', 'nothing but the default', hidden, { ...at, severity: 'medium' });
  add(
    'fail',
    'nothing but the default, and another subnet has a NAT gateway',
    both(hidden, (scene) => {
      const other = scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.second);
      other.properties.natGateway = { id: `${group}/providers/Microsoft.Network/natGateways/nat` };
    }),
    at,
  );
  add(
    'pass',
    'a NAT gateway',
    both(hidden, off, subnet({ natGateway: { id: `${group}/providers/Microsoft.Network/natGateways/nat` } })),
    at,
  );
  add('pass', 'a route to an appliance', both(hidden, routed('VirtualAppliance')), at);
  const peeredWith =
    (peeringState: string): SampleChange =>
    (scene) => {
      const remoteAddressSpace = { addressPrefixes: ['10.9.0.0/16'] };
      const properties = { peeringState, remoteVirtualNetwork: { id: ids.farVnet }, remoteAddressSpace };
      scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [{ name: 'far', properties }];
    };
  const afar = both(hidden, routed('VirtualAppliance', '10.9.0.4'));
  add('pass', 'an appliance in a connected peer', both(afar, peeredWith('Connected')), at);
  add('fail', 'an appliance that no peering leads to', afar, { ...at, severity: 'high' });
  add('fail', 'an appliance behind a peering that is cut off', both(afar, peeredWith('Disconnected')), at);
  add('fail', 'a route that drops everything', both(hidden, routed('None')), { ...at, severity: 'high' });
  add('fail', 'a route to the Internet is no way of its own', both(hidden, off, routed('Internet')), at);
  add('unknown', 'a gateway that may have taught it one', both(hidden, gateway), at);
  add('fail', 'serverless computes', serverless(true), { on: ids.second, severity: 'medium' });
  add('unknown', 'the route table may not be read', both(hidden, routed('VirtualAppliance'), gap(table)), at);
  add('notApplicable', 'every compute has a public address', asIs);
  add('notApplicable', 'no compute', none);
});

rule('compute.managed-network-conflict', (add) => {
  const attached =
    (computeType: string): SampleChange =>
    (scene) => {
      const one = cluster('attached', null);
      one.properties = { computeType, resourceId: `${group}/providers/x/y/z`, isAttachedCompute: true, properties: {} };
      scene.bodies[one.id] = one;
    };
  const at = { on: computeId('attached') };
  add('fail', 'a cluster in a subnet', both(managed, compute({ subnet: { id: ids.train } })), {
    ...cpu,
    severity: 'medium',
  });
  add('pass', 'a cluster in none', managed, cpu);
  add('unknown', 'a subnet that is a number', both(managed, compute({ subnet: 7 })), cpu);
  for (const type of ['VirtualMachine', 'AKS', 'Kubernetes'])
    add('fail', `an attached ${type}`, both(managed, attached(type)), at);
  add('notApplicable', 'no managed network', asIs, cpu);
});

export const computeSamples: readonly Sample[] = table;
