// The samples of all rules: what is changed in a closed workspace, and what
// the rule says then.
import {
  cluster,
  connection,
  datastore,
  datastoreId,
  endpointId,
  ids,
  type Loose,
  missing,
  refused,
  type Scene,
  subnet,
  subscription,
  vnet,
  withEndpoint,
  withLake,
} from '../support/snapshot.ts';
import { acrSamples } from './samples-acr.ts';
import { aksSamples } from './samples-aks.ts';
import { aloneSamples } from './samples-alone.ts';
import { bricksSamples } from './samples-bricks.ts';
import { computeSamples } from './samples-compute.ts';
import { endpointPathSamples } from './samples-endpoint-path.ts';
import { exfiltrationSamples } from './samples-exfiltration.ts';
import { firewallSamples } from './samples-firewall.ts';
import { nsgSamples } from './samples-nsg.ts';
import { perimeterSamples } from './samples-perimeter.ts';
import { privateLinkSamples } from './samples-private-link.ts';
import { udrSamples } from './samples-udr.ts';
import { vmSamples } from './samples-vm.ts';
import { workspaceSamples } from './samples-workspace.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

/** The id of the resource a sample speaks of. */
export function subjectOf(sample: Sample): string {
  if (sample.on !== undefined) return sample.on;
  const [group] = sample.rule.split('.');
  if (group === 'acr') return ids.registry;
  return group === 'storage' ? ids.account : group === 'keyvault' ? ids.vault : ids.workspace;
}

const acls = (scene: Scene, id: string = ids.account): Loose => scene.bodies[id].properties.networkAcls;
const properties = (scene: Scene, id: string = ids.account): Loose => scene.bodies[id].properties;
const open = (scene: Scene, id: string = ids.account) => {
  acls(scene, id).defaultAction = 'Allow';
};
const ips =
  (values: readonly Loose[], id: string = ids.account): SampleChange =>
  (scene) => {
    acls(scene, id).ipRules = values.map((value) => (typeof value === 'string' ? { value, action: 'Allow' } : value));
  };
const services = (scene: Scene, at: string): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === at).properties;
const privately: SampleChange = (scene) => {
  acls(scene).virtualNetworkRules = [];
  acls(scene, ids.vault).virtualNetworkRules = [];
  withEndpoint(scene, ids.account, ['blob'], ids.pe);
  withEndpoint(scene, ids.account, ['file'], ids.pe);
  withEndpoint(scene, ids.vault, ['vault'], ids.pe);
};
const managed: SampleChange = (scene) => {
  scene.bodies[ids.workspace].properties.managedNetwork = {
    isolationMode: 'AllowOnlyApprovedOutbound',
    status: { status: 'Active' },
    outboundRules: {
      blob: outbound(ids.account, 'blob'),
      file: outbound(ids.account, 'file'),
      vault: outbound(ids.vault, 'vault'),
    },
  };
  acls(scene).virtualNetworkRules = [];
  acls(scene, ids.vault).virtualNetworkRules = [];
};
const outbound = (target: string, group: string): Loose => ({
  type: 'PrivateEndpoint',
  status: 'Active',
  category: 'UserDefined',
  destination: { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false },
});
const clients =
  (addresses: readonly string[] | undefined): SampleChange =>
  (scene) => {
    scene.intents = { devClientIps: addresses };
    if (addresses === undefined) scene.intents = {};
  };

/** The eight ranges of a recorded vault that together are half the Internet and more. */
const pieces = [
  '0.0.0.0/2',
  '64.0.0.0/3',
  '96.0.0.0/4',
  '112.0.0.0/5',
  '120.0.0.0/6',
  '124.0.0.0/7',
  '126.0.0.0/8',
  '128.0.0.0/1',
];

const { table, rule } = sampling();

rule('workspace.exists', (add) => {
  add('fail', 'Azure answers 404', (scene) => scene.gaps.push(missing(ids.workspace)));
  for (const state of ['Failed', 'Canceled', 'Deleting', 'SoftDeleted', 'failed']) {
    add('fail', `state ${state}`, (scene) =>
      Object.assign(properties(scene, ids.workspace), { provisioningState: state }),
    );
  }
  for (const state of ['Creating', 'Updating', 'Unknown']) {
    add('unknown', `state ${state}`, (scene) =>
      Object.assign(properties(scene, ids.workspace), { provisioningState: state }),
    );
  }
  add('unknown', 'it may not be read', (scene) => scene.gaps.push(refused(ids.workspace)));
  add('pass', 'succeeded', asIs);
  add('pass', 'no state shown', (scene) =>
    Reflect.deleteProperty(properties(scene, ids.workspace), 'provisioningState'),
  );
});

rule('workspace.network-preexists', (add) => {
  const at = { on: ids.train };
  const take = (scene: Scene) => {
    const { subnets } = scene.bodies[ids.vnet].properties;
    scene.bodies[ids.vnet].properties.subnets = subnets.filter((one: Loose) => one.id !== ids.train);
  };
  add('fail', 'the subnet is not in its network', take, at);
  add('fail', 'the network is gone', (scene) => scene.gaps.push(missing(ids.vnet), missing(ids.train)), at);
  add(
    'fail',
    'the subnet failed',
    (scene) => Object.assign(services(scene, ids.train), { provisioningState: 'Failed' }),
    at,
  );
  add('unknown', 'the network may not be read', (scene) => scene.gaps.push(refused(ids.vnet), refused(ids.train)), at);
  add('pass', 'the subnet is there', asIs, at);
  add(
    'pass',
    'the compute spells it in another letter case',
    (scene) => {
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`] = cluster('cpu-cluster', ids.train.toUpperCase());
    },
    at,
  );
  const nobody = (scene: Scene) => {
    scene.bodies[`${ids.workspace}/computes/cpu-cluster`] = cluster('cpu-cluster', null);
  };
  add('pass', 'nothing names a subnet and the region has one', nobody);
  add('unknown', 'nothing names a subnet and networks may not be listed', (scene) => {
    nobody(scene);
    scene.gaps.push(refused(`/subscriptions/${subscription}/providers/Microsoft.Network/virtualNetworks`));
  });
  add('fail', 'nothing names a subnet and the region has no network', (scene) => {
    nobody(scene);
    scene.bodies[ids.vnet].location = 'northeurope';
    scene.bodies[ids.farVnet].location = 'northeurope';
  });
  add('fail', 'nothing names a subnet and every one belongs to a service', (scene) => {
    nobody(scene);
    for (const id of [ids.vnet, ids.farVnet]) {
      for (const one of scene.bodies[id].properties.subnets) {
        one.properties.delegations = [
          { name: 'd', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } },
        ];
      }
    }
  });
});

rule('storage.default-account', (add) => {
  add('pass', 'it can be read', asIs);
  add('fail', 'it was deleted', (scene) => scene.gaps.push(missing(ids.account)));
  add('unknown', 'it may not be read', (scene) => scene.gaps.push(refused(ids.account)));
  add(
    'unknown',
    'the workspace names none',
    (scene) => Object.assign(properties(scene, ids.workspace), { storageAccount: null }),
    {
      on: ids.workspace,
    },
  );
  add('pass', 'a project takes its hub’s', (scene) => {
    const hub = structuredClone(scene.bodies[ids.workspace]);
    hub.id = `${ids.workspace}-hub`;
    scene.bodies[hub.id] = hub;
    scene.bodies[ids.workspace].kind = 'Project';
    Object.assign(properties(scene, ids.workspace), { storageAccount: null, hubResourceId: hub.id });
  });
});

rule('storage.default-action-deny', (add) => {
  add('fail', 'Allow with subnet rules present', open);
  add('fail', 'allow in lower case', (scene) => Object.assign(acls(scene), { defaultAction: 'allow' }));
  add('fail', 'no rule object', (scene) => Reflect.deleteProperty(properties(scene), 'networkAcls'));
  add('pass', 'Deny with no rules', (scene) => Object.assign(acls(scene), { virtualNetworkRules: [] }));
  add(
    'pass',
    'public access off beside Allow',
    both(open, (scene) => Object.assign(properties(scene), { publicNetworkAccess: 'Disabled' })),
  );
  add('unknown', 'the rule object is a text', (scene) => Object.assign(properties(scene), { networkAcls: 'Deny' }));
  add('unknown', 'the account may not be read', (scene) => scene.gaps.push(refused(ids.account)));
});

rule('storage.vnet-rule-compute-subnet', (add) => {
  const two = (scene: Scene) => {
    scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
  };
  add('fail', 'two compute subnets, one listed', two, { where: ids.second, severity: 'critical' });
  add('pass', 'the listed one of two', two, { where: ids.train });
  add(
    'fail',
    'a rule for a sibling only',
    (scene) => {
      acls(scene).virtualNetworkRules = [{ id: ids.second, action: 'Allow', state: 'Succeeded' }];
    },
    { where: ids.train },
  );
  add(
    'fail',
    'will break: open and not listed',
    both(open, (scene) => Object.assign(acls(scene), { virtualNetworkRules: [] })),
    {
      where: ids.train,
      severity: 'high',
    },
  );
  add(
    'pass',
    'the id in another letter case',
    (scene) => {
      acls(scene).virtualNetworkRules = [{ id: ids.train.toLowerCase() }];
    },
    { where: ids.train },
  );
  add('notApplicable', 'no compute in a subnet', (scene) => {
    scene.bodies[`${ids.workspace}/computes/cpu-cluster`] = cluster('cpu-cluster', null);
  });
  add('notApplicable', 'private endpoints instead', privately, { where: ids.train });
  add('unknown', 'computes may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)));
});

rule('storage.vnet-rule-state', (add) => {
  const state =
    (value: string): SampleChange =>
    (scene) => {
      acls(scene).virtualNetworkRules[0].state = value;
    };
  for (const dead of ['NetworkSourceDeleted', 'networkSourceDeleted', 'Failed', 'deprovisioning']) {
    add('fail', `state ${dead}`, state(dead), { where: ids.train });
  }
  const gone = `${ids.vnet}/subnets/snet-gone`;
  add(
    'fail',
    'its subnet is gone',
    (scene) => {
      acls(scene).virtualNetworkRules.push({ id: gone, action: 'Allow' });
    },
    { where: gone },
  );
  add(
    'unknown',
    'its network may not be read',
    (scene) => {
      scene.gaps.push(refused(ids.vnet), refused(ids.train));
    },
    { where: ids.train },
  );
  add('pass', 'succeeded', asIs, { where: ids.train });
  add('pass', 'no state shown', (scene) => Reflect.deleteProperty(acls(scene).virtualNetworkRules[0], 'state'), {
    where: ids.train,
  });
  add('notApplicable', 'no rule', (scene) => Object.assign(acls(scene), { virtualNetworkRules: [] }));
});

rule('storage.subnet-service-endpoint', (add) => {
  const only =
    (endpoints: readonly Loose[]): SampleChange =>
    (scene) => {
      services(scene, ids.train).serviceEndpoints = endpoints;
    };
  const at = { where: ids.train };
  add('fail', 'only Microsoft.KeyVault', only([{ service: 'Microsoft.KeyVault' }]), at);
  add('fail', 'no list at all', (scene) => Reflect.deleteProperty(services(scene, ids.train), 'serviceEndpoints'), at);
  add(
    'fail',
    'the account is two regions away',
    both(only([{ service: 'Microsoft.Storage', locations: ['westeurope', 'northeurope'] }]), (scene) =>
      Object.assign(scene.bodies[ids.account], { location: 'japaneast' }),
    ),
    at,
  );
  add('fail', 'both of storage', only([{ service: 'Microsoft.Storage' }, { service: 'Microsoft.Storage.Global' }]), at);
  add('fail', 'the endpoint failed', only([{ service: 'Microsoft.Storage', provisioningState: 'Failed' }]), at);
  add(
    'unknown',
    'the endpoint is being changed',
    only([{ service: 'Microsoft.Storage', provisioningState: 'Updating' }]),
    at,
  );
  add('pass', 'in lower case', only([{ service: 'microsoft.storage' }]), at);
  add(
    'pass',
    'the global one, far away',
    both(only([{ service: 'Microsoft.Storage.Global', locations: ['*'] }]), (scene) =>
      Object.assign(scene.bodies[ids.account], { location: 'japaneast' }),
    ),
    at,
  );
});

for (const id of ['storage.same-vnet-as-compute', 'storage.adls2-compute-same-vnet']) {
  const lake = id.includes('adls2');
  const on = lake ? ids.lake : ids.account;
  const start: SampleChange = lake ? withLake : asIs;
  rule(id, (add) => {
    const at = { on };
    add(
      'fail',
      'computes in one network, every rule in another',
      both(start, (scene) => {
        acls(scene, on).virtualNetworkRules = [{ id: ids.far, action: 'Allow' }];
      }),
      at,
    );
    add(
      'pass',
      'a rule for another subnet of the same network',
      both(start, (scene) => {
        acls(scene, on).virtualNetworkRules = [{ id: ids.second, action: 'Allow' }];
      }),
      at,
    );
    add(
      'notApplicable',
      'open and tied to nothing',
      both(start, (scene) => {
        Object.assign(acls(scene, on), { virtualNetworkRules: [], defaultAction: 'Allow' });
      }),
      at,
    );
    add(
      'notApplicable',
      'no compute in a network',
      both(start, (scene) => {
        scene.bodies[`${ids.workspace}/computes/cpu-cluster`] = cluster('cpu-cluster', null);
      }),
      at,
    );
    add(
      'unknown',
      'the network of an approved endpoint is not known',
      both(start, (scene) => {
        acls(scene, on).virtualNetworkRules = [];
        scene.bodies[on].properties.privateEndpointConnections = [connection(on, 'pe-elsewhere')];
      }),
      at,
    );
  });
}

rule('storage.bypass-azure-services', (add) => {
  const bypass =
    (value: Loose): SampleChange =>
    (scene) => {
      acls(scene).bypass = value;
    };
  add('fail', 'Logging and Metrics only', bypass('Logging, Metrics'), { severity: 'critical' });
  add('fail', 'None', bypass('None'));
  add('fail', 'will matter at deny', both(bypass('None'), open), { severity: 'high' });
  add('pass', 'without a space', bypass('Logging,AzureServices'));
  add('pass', 'in another letter case', bypass('azureservices'));
  add('pass', 'left out of a present object', (scene) => Reflect.deleteProperty(acls(scene), 'bypass'));
  add(
    'pass',
    'the workspace is admitted by name',
    both(bypass('None'), (scene) => {
      acls(scene).resourceAccessRules = [{ tenantId: 't', resourceId: ids.workspace.toUpperCase() }];
    }),
  );
  add('unknown', 'bypass is a list', bypass(['AzureServices']));
});

rule('storage.dev-client-ip', (add) => {
  const at = (addresses: readonly string[] | undefined, rules: readonly string[], ...more: readonly SampleChange[]) =>
    both(clients(addresses), ips(rules), ...more);
  add('fail', 'outside the range', at(['203.0.113.7'], ['203.0.113.0/30']));
  add('pass', 'inside the range', at(['203.0.113.7'], ['203.0.113.0/29']));
  add('pass', 'a range covered by two', at(['203.0.113.0/24'], ['203.0.113.0/25', '203.0.113.128/25']));
  add('fail', 'one of two outside', at(['203.0.113.7', '198.51.100.1'], ['203.0.113.7']));
  add('fail', 'a private address', at(['10.1.2.3'], ['203.0.113.7']));
  add('fail', 'an IPv6 address', at(['2001:db8::1'], []));
  add('unknown', 'never answered', clients(undefined));
  add('notApplicable', 'answered none', clients([]));
  add('notApplicable', 'the account is open', at(['203.0.113.7'], [], open));
  add(
    'notApplicable',
    'public access off',
    at(['203.0.113.7'], [], (scene) => Object.assign(properties(scene), { publicNetworkAccess: 'Disabled' })),
  );
  add('notApplicable', 'never answered, private endpoints', both(privately, clients(undefined)));
  add(
    'fail',
    'an address of the account’s own region',
    at(['203.0.113.7'], ['203.0.113.7'], (scene) => {
      scene.tags = {
        values: [
          { name: 'AzureCloud.westeurope', properties: { addressPrefixes: ['203.0.113.0/24', '2001:db8::/32'] } },
        ],
      };
    }),
  );
});

rule('storage.ip-rules-legal', (add) => {
  add('fail', 'a private address', ips(['10.1.2.3']), { severity: 'low' });
  add('fail', 'a /32', ips(['203.0.113.7/32']), { severity: 'low' });
  add('fail', 'a /31', ips(['203.0.113.6/31']), { severity: 'low' });
  add('fail', 'half and half', ips(['0.0.0.0/1', '128.0.0.0/1']), { severity: 'high' });
  add(
    'fail',
    'a bare text that is private',
    ips([{ value: '203.0.113.7' }].concat('192.168.0.1' as Loose) as Loose[]),
    { severity: 'low' },
  );
  add('pass', 'an address and a block', ips(['203.0.113.7', '198.51.100.0/24']));
  add('pass', 'a block with host bits, as Azure returned it', ips(['203.0.113.7', '23.45.1.1/24']));
  add('fail', 'a private block with host bits', ips(['10.1.2.3/16']), { severity: 'low' });
  add('fail', 'half and half with host bits', ips(['1.2.3.4/1', '129.0.0.1/1']), { severity: 'high' });
  add('unknown', 'an entry that names nothing', (scene) =>
    Object.assign(acls(scene), { ipRules: [{ action: 'Allow' }] }),
  );
  add('notApplicable', 'no rule', asIs);
});

rule('storage.rule-capacity', (add) => {
  const many: SampleChange = (scene) => {
    acls(scene).virtualNetworkRules = Array.from({ length: 100 }, (_, at) => ({ id: `${ids.farVnet}/subnets/s${at}` }));
  };
  add('fail', '100 present, one planned, in 2020', many, { profile: 'article-2020' });
  add('pass', 'the same today', many, { profile: 'current' });
  add('pass', 'the same under all', many);
  const present =
    (subnets: number, addresses: number): SampleChange =>
    (scene) => {
      const rest = Array.from({ length: subnets - 1 }, (_, at) => ({ id: `${ids.farVnet}/subnets/s${at}` }));
      acls(scene).virtualNetworkRules = [{ id: ids.train, action: 'Allow' }, ...rest];
      ips(Array.from({ length: addresses }, (_, at) => `198.18.${at >> 8}.${at & 255}`))(scene);
    };
  const asked = clients(['198.18.0.0', '203.0.113.7', 'nowhere']);
  add('pass', '400 of each', present(400, 400));
  add('fail', '401 virtual network rules', present(401, 400));
  add('fail', '401 IP rules', present(400, 401));
  add('pass', '399 IP rules, and one client has none', both(present(1, 399), asked));
  add('fail', '400 IP rules, and one client has none', both(present(1, 400), asked));
});

rule('storage.nondefault-accounts', (add) => {
  const lost: SampleChange = (scene) => {
    Reflect.deleteProperty(scene.bodies, ids.lake);
    scene.gaps.push(missing(ids.lake));
  };
  const second = (scene: Scene): Loose => {
    const other = withLake(scene);
    other.properties.isHnsEnabled = false;
    scene.bodies[datastoreId('lake')] = datastore('lake', 'AzureBlob', 'stlake');
    return other;
  };
  const at = { on: ids.lake };
  add(
    'fail',
    'a second datastore’s account with Allow',
    both(second, (scene) => open(scene, ids.lake)),
    { ...at, severity: 'critical' },
  );
  add(
    'fail',
    'closed, without the computes',
    both(second, (scene) => Object.assign(acls(scene, ids.lake), { virtualNetworkRules: [] })),
    at,
  );
  add(
    'fail',
    'closed, without trusted services',
    both(second, (scene) => Object.assign(acls(scene, ids.lake), { bypass: 'None' })),
    at,
  );
  add('pass', 'closed and admitting the computes', second, at);
  add('notApplicable', 'no second account', asIs, { on: ids.workspace });
  add('unknown', 'datastores may not be listed', (scene) => scene.gaps.push(refused(`${ids.workspace}/datastores`)), {
    on: ids.workspace,
  });
  add(
    'unknown',
    'an account nobody finds',
    (scene) => {
      scene.bodies[datastoreId('lost')] = datastore('lost', 'AzureBlob', 'stlost');
      Object.assign(scene.bodies[datastoreId('lost')].properties, { subscriptionId: null, resourceGroup: null });
    },
    { on: ids.workspace, where: 'stlost' },
  );
  add('unknown', 'an account of a datastore that does not exist', both(second, lost), at);
  add(
    'unknown',
    'an account of an assumption that does not exist',
    both(lost, (scene) => Object.assign(scene.intents, { storageAccounts: [ids.lake] })),
    at,
  );
});

rule('storage.adls2-hierarchical', (add) => {
  const at = { on: ids.lake };
  add('fail', 'isHnsEnabled absent', (scene) => Reflect.deleteProperty(withLake(scene).properties, 'isHnsEnabled'), at);
  add(
    'fail',
    'isHnsEnabled a text',
    (scene) => Object.assign(withLake(scene).properties, { isHnsEnabled: 'true' }),
    at,
  );
  add('pass', 'true', withLake, at);
  add('notApplicable', 'no such datastore', asIs);
});

rule('storage.adls2-network-rules', (add) => {
  const at = { on: ids.lake };
  add(
    'fail',
    'Allow',
    both(withLake, (scene) => open(scene, ids.lake)),
    at,
  );
  add(
    'fail',
    'no trusted services',
    both(withLake, (scene) => Object.assign(acls(scene, ids.lake), { bypass: 'None' })),
    at,
  );
  add('pass', 'closed, admitted, bypassed', withLake, at);
  add('notApplicable', 'no such datastore', asIs);
});

rule('storage.adls2-dataset-validate', (add) => {
  const at = { on: ids.lake };
  add('pass', 'closed, the client unknown', both(withLake, clients(undefined)), at);
  add('pass', 'closed, the client outside', both(withLake, clients(['203.0.113.7'])), at);
  add(
    'notApplicable',
    'the client admitted',
    both(withLake, clients(['203.0.113.7']), ips(['203.0.113.7'], ids.lake)),
    at,
  );
  add(
    'notApplicable',
    'open',
    both(withLake, (scene) => open(scene, ids.lake)),
    at,
  );
  add('notApplicable', 'no lake', asIs);
});

rule('storage.designer-profile-error', (add) => {
  add('pass', 'closed', asIs);
  add('notApplicable', 'open', open);
});

rule('storage.public-network-access', (add) => {
  const off: SampleChange = (scene) => Object.assign(properties(scene), { publicNetworkAccess: 'disabled' });
  add('fail', 'Disabled, computes on subnet rules, no endpoint', off);
  add(
    'fail',
    'Disabled, neither rules nor endpoint',
    both(off, (scene) => Object.assign(acls(scene), { virtualNetworkRules: [] })),
  );
  add('pass', 'Enabled and Deny on subnet rules', asIs);
  add('pass', 'Disabled, blob and file endpoints', both(privately, off));
  add('notApplicable', 'Enabled and Allow', open);
  add(
    'unknown',
    'an endpoint that may not be read',
    both(privately, off, (scene) => {
      for (const name of ['pe-stmlsim-blob', 'pe-stmlsim-file']) {
        Reflect.deleteProperty(scene.bodies, endpointId(name));
        scene.gaps.push(refused(endpointId(name)));
      }
    }),
  );
  add('pass', 'a managed network with its rules', both(managed, off));
  add(
    'fail',
    'a managed network without rules',
    both(managed, off, (scene) => {
      scene.bodies[ids.workspace].properties.managedNetwork.outboundRules = {};
    }),
  );
});

rule('storage.resource-instance-rule', (add) => {
  const entry =
    (resourceId: string): SampleChange =>
    (scene) => {
      Object.assign(acls(scene), { bypass: 'None', resourceAccessRules: [{ tenantId: 't', resourceId }] });
    };
  add('fail', 'Deny, None, an entry for another workspace', entry(`${ids.workspace}-other`));
  add('pass', 'the entry in another letter case', entry(ids.workspace.toLowerCase()));
  add('pass', 'a wildcard that covers it', entry(ids.workspace.replace(/\/mlw-sim$/, '/*')));
  add('pass', 'trusted services instead', asIs);
  add('notApplicable', 'open', both(entry('x'), open));
});

rule('storage.studio-colocation', (add) => {
  const door =
    (at: string): SampleChange =>
    (scene) => {
      withEndpoint(scene, ids.workspace, ['amlworkspace'], at);
    };
  add('fail', 'P, the workspace endpoint in another network', both(privately, door(ids.far)));
  add('pass', 'P, all in one network', both(privately, door(ids.second)));
  add('fail', 'S, the endpoint’s subnet not admitted', door(ids.pe));
  add('pass', 'S, the endpoint’s subnet admitted', door(ids.train));
  add(
    'unknown',
    'S, the endpoint’s subnet not admitted, a virtual network rule that names nothing',
    both(door(ids.pe), (scene) => acls(scene).virtualNetworkRules.push({ action: 'Allow' })),
  );
  add('notApplicable', 'S without workspace endpoint', asIs);
  add(
    'notApplicable',
    'nobody uses studio',
    both(door(ids.pe), (scene) => Object.assign(scene.intents, { usesStudio: false })),
  );
  add(
    'unknown',
    'the endpoint may not be read',
    both(door(ids.pe), (scene) => {
      Reflect.deleteProperty(scene.bodies, endpointId('pe-mlw-sim-amlworkspace'));
    }),
  );
});

rule('keyvault.resolved', (add) => {
  add('pass', 'it can be read', asIs);
  add('fail', 'it was deleted', (scene) => scene.gaps.push(missing(ids.vault)));
  add('unknown', 'it may not be read', (scene) => scene.gaps.push(refused(ids.vault)));
});
rule('keyvault.holds-credentials', (add) => {
  add('pass', 'always', asIs);
  add('notApplicable', 'files without a workspace', (scene) => {
    scene.workspace = null;
    Reflect.deleteProperty(scene.bodies, ids.workspace);
  });
});

const kv =
  (change: (vault: Loose) => void): SampleChange =>
  (scene) =>
    change(scene.bodies[ids.vault].properties);
rule('keyvault.default-action-deny', (add) => {
  add(
    'fail',
    'no networkAcls at all',
    kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
  );
  add(
    'fail',
    'Allow with IP rules',
    kv((vault) => Object.assign(vault.networkAcls, { defaultAction: 'Allow', ipRules: [{ value: '203.0.113.7/32' }] })),
  );
  add('pass', 'Deny', asIs);
  add(
    'pass',
    'public access off, rules hidden',
    kv((vault) => {
      vault.publicNetworkAccess = 'disabled';
      Reflect.deleteProperty(vault, 'networkAcls');
    }),
  );
  add(
    'pass',
    'a perimeter closes it, in whichever mode',
    kv((vault) => Object.assign(vault, { publicNetworkAccess: 'SecuredByPerimeter' })),
  );
  add(
    'unknown',
    'the rule object is a list',
    kv((vault) => Object.assign(vault, { networkAcls: [] })),
  );
});

rule('keyvault.vnet-rule-compute-subnet', (add) => {
  const at = { where: ids.train };
  const flagged: SampleChange = (scene) => {
    acls(scene, ids.vault).virtualNetworkRules = [{ id: ids.train, ignoreMissingVnetServiceEndpoint: true }];
  };
  add(
    'fail',
    'not listed',
    kv((vault) => Object.assign(vault.networkAcls, { virtualNetworkRules: [] })),
    { ...at, severity: 'high' },
  );
  add(
    'fail',
    'decorative: the check skipped, no endpoint',
    both(flagged, (scene) => {
      services(scene, ids.train).serviceEndpoints = [{ service: 'Microsoft.Storage' }];
    }),
    at,
  );
  add('pass', 'the check skipped, endpoint present', flagged, at);
  add('pass', 'listed in lower case, endpoint present', asIs, at);
  add(
    'fail',
    'no rule object',
    kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
    { ...at, severity: 'medium' },
  );
});
rule('keyvault.subnet-service-endpoint', (add) => {
  const at = { where: ids.train };
  add(
    'fail',
    'only storage',
    (scene) => {
      services(scene, ids.train).serviceEndpoints = [{ service: 'Microsoft.Storage' }];
    },
    at,
  );
  add(
    'pass',
    'in any region',
    (scene) => {
      services(scene, ids.train).serviceEndpoints = [{ service: 'MICROSOFT.KEYVAULT', locations: ['japaneast'] }];
    },
    at,
  );
});
rule('keyvault.bypass-azure-services', (add) => {
  add(
    'fail',
    'Deny and None',
    kv((vault) => Object.assign(vault.networkAcls, { bypass: 'None' })),
    { severity: 'critical' },
  );
  add(
    'fail',
    'None, open',
    kv((vault) => Object.assign(vault.networkAcls, { bypass: 'None', defaultAction: 'Allow' })),
    { severity: 'high' },
  );
  add(
    'pass',
    'Deny, bypass left out',
    kv((vault) => Reflect.deleteProperty(vault.networkAcls, 'bypass')),
  );
  add(
    'notApplicable',
    'no networkAcls, public access on',
    kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
  );
  add(
    'unknown',
    'no networkAcls, public access off',
    kv((vault) => {
      vault.publicNetworkAccess = 'Disabled';
      Reflect.deleteProperty(vault, 'networkAcls');
    }),
  );
});
rule('keyvault.ip-rules-legal', (add) => {
  add('fail', 'the Internet in eight pieces', ips(pieces, ids.vault), { severity: 'high' });
  add('fail', 'a private address', ips(['192.168.1.1/32'], ids.vault), { severity: 'low' });
  add('pass', 'a /32', ips(['203.0.113.7/32'], ids.vault));
  add('notApplicable', 'no rule', asIs);
  const besideSubnets = (count: number) =>
    both(
      ips(['203.0.113.7/32'], ids.vault),
      kv((vault) => {
        vault.networkAcls.virtualNetworkRules = Array.from({ length: count }, (_, at) => ({
          id: `${ids.vnet}/subnets/s${at}`,
        }));
      }),
    );
  add('pass', 'as many subnets as a vault takes', besideSubnets(200));
  add('fail', 'a subnet more', besideSubnets(201), { severity: 'low' });
});
rule('keyvault.operator-access', (add) => {
  add('fail', 'no rule for the address', clients(['203.0.113.7']));
  add('pass', 'a /32', both(clients(['203.0.113.7']), ips(['203.0.113.7/32'], ids.vault)));
  add('unknown', 'never answered', clients(undefined));
  add('notApplicable', 'answered none', asIs);
  add(
    'notApplicable',
    'open',
    both(
      clients(['203.0.113.7']),
      kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
    ),
  );
});
rule('keyvault.public-network-access', (add) => {
  const off = kv((vault) => Object.assign(vault, { publicNetworkAccess: 'Disabled' }));
  add('fail', 'Disabled, computes on subnet rules, no endpoint', off);
  add(
    'fail',
    'Disabled, rules hidden, no endpoint',
    both(
      off,
      kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
    ),
  );
  add('pass', 'Disabled and an endpoint', both(privately, off));
  add('pass', 'enabled and Deny', asIs);
  add(
    'notApplicable',
    'open',
    kv((vault) => Reflect.deleteProperty(vault, 'networkAcls')),
  );
});

/** A network that is peered with the computes' one, for endpoints that are reached from a peer. */
export const peered: SampleChange = (scene) => {
  const hub = `${ids.vnet}-hub`;
  scene.bodies[hub] = vnet(hub, 'westeurope', '10.5.0.0/16', [subnet(`${hub}/subnets/snet-hub`, '10.5.1.0/24')]);
  scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [
    { properties: { remoteVirtualNetwork: { id: hub }, peeringState: 'Connected' } },
  ];
  acls(scene).virtualNetworkRules = [];
  withEndpoint(scene, ids.account, ['blob'], `${hub}/subnets/snet-hub`);
  withEndpoint(scene, ids.account, ['file'], `${hub}/subnets/snet-hub`);
};
rule('storage.same-vnet-as-compute', (add) => {
  add('pass', 'reached privately from a peered network', peered);
});

rule('storage.shared-key-access', (add) => {
  const refusing =
    (mode?: string, credentials?: string): SampleChange =>
    (scene) => {
      properties(scene).allowSharedKeyAccess = false;
      if (mode !== undefined) properties(scene, ids.workspace).systemDatastoresAuthMode = mode;
      for (const name of ['workspaceblobstore', 'workspacefilestore']) {
        if (credentials === undefined) continue;
        // A key is shown as Azure shows it, so that an undo has something to bring back.
        const secrets = credentials === 'AccountKey' ? { secrets: { secretsType: 'AccountKey' } } : {};
        scene.bodies[datastoreId(name)].properties.credentials = { credentialsType: credentials, ...secrets };
      }
    };
  add('pass', 'keys are accepted', asIs);
  add('fail', 'keys are refused, and a datastore uses them', refusing('accesskey', 'AccountKey'));
  add('fail', 'keys are refused, and a datastore of yours uses a SAS token', (scene) => {
    refusing(undefined, 'None')(scene);
    scene.bodies[datastoreId('own')] = datastore('own', 'AzureBlob', 'stmlsim');
    scene.bodies[datastoreId('own')].properties.credentials = { credentialsType: 'sas' };
  });
  add('fail', 'keys are refused, and the mode alone is shown', refusing('AccessKey'));
  add('fail', 'keys are refused, the mode is Identity, and a datastore of yours uses one', (scene) => {
    refusing('Identity', 'None')(scene);
    scene.bodies[datastoreId('own')] = datastore('own', 'AzureBlob', 'stmlsim');
    scene.bodies[datastoreId('own')].properties.credentials = { credentialsType: 'AccountKey' };
  });
  add('pass', 'keys are refused, and the mode is Identity', refusing('identity', 'None'));
  add('pass', 'keys are refused, and a user delegation SAS is used', refusing('UserDelegationSAS'));
  add('pass', 'keys are refused, and datastores show no credentials', refusing(undefined, 'None'));
  add('unknown', 'keys are refused, and nothing else is shown', refusing());
  add('unknown', 'keys are refused, and the list of datastores may not be read', (scene) => {
    refusing('Identity')(scene);
    scene.gaps.push(refused(`${ids.workspace}/datastores`));
  });
  add('unknown', 'the account may not be read', (scene) => {
    scene.gaps.push(refused(ids.account));
  });
  add('unknown', 'a value that is none', (scene) => {
    properties(scene).allowSharedKeyAccess = 'no';
  });
});

export const samples: readonly Sample[] = [
  ...table,
  ...privateLinkSamples,
  ...workspaceSamples,
  ...computeSamples,
  ...endpointPathSamples,
  ...nsgSamples,
  ...perimeterSamples,
  ...udrSamples,
  ...vmSamples,
  ...exfiltrationSamples,
  ...firewallSamples,
  ...acrSamples,
  ...aksSamples,
  ...aloneSamples,
  ...bricksSamples,
];
