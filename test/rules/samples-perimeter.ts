// Samples of the rules that a network security perimeter decides: who can connect, by publicNetworkAccess and access mode.
import { ids, type Loose, refused, type Scene, subscription, withEndpoint } from '../support/snapshot.ts';
import { asIs, both, type Sample, type SampleChange, sampling } from './sampling.ts';

const { table, rule } = sampling();

const perimeter = `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/networkSecurityPerimeters/nsp-one`;
type Rules = readonly (readonly [name: string, properties: Loose])[];
const inbound = (more: Loose): Loose => ({ direction: 'Inbound', ...more });

const own: Rules = [['own', inbound({ subscriptions: [{ id: `/subscriptions/${subscription.toUpperCase()}` }] })]];
const elsewhere: Rules = [['elsewhere', inbound({ subscriptions: [{ id: '/subscriptions/other' }] })]];
const addresses = (...addressPrefixes: string[]): Rules => [['addresses', inbound({ addressPrefixes })]];

/** As Azure shows it at the resource, its type in another letter case. */
export const associated =
  (mode: string | undefined, rules: Rules = [], target: string = ids.account, more: Loose = {}): SampleChange =>
  (scene) => {
    scene.bodies[`${target}/NetworkSecurityPerimeterConfigurations/guid.assoc`] = {
      properties: {
        networkSecurityPerimeter: { id: perimeter },
        resourceAssociation: { name: 'assoc', ...(mode === undefined ? {} : { accessMode: mode }) },
        profile: { name: 'p', accessRules: rules.map(([name, properties]) => ({ name, properties })) },
        ...more,
      },
    };
  };
/** As a template declares it. */
const declared =
  (mode: string, rules: Rules = [], target: string = ids.account): SampleChange =>
  (scene) => {
    scene.bodies[`${perimeter}/resourceAssociations/assoc`] = {
      properties: {
        accessMode: mode,
        privateLinkResource: { id: target.toUpperCase() },
        profile: { id: `${perimeter}/profiles/p` },
      },
    };
    for (const [name, properties] of rules)
      scene.bodies[`${perimeter}/profiles/p/accessRules/${name}`] = { properties };
  };
/** The workspace is a member of the same perimeter. */
const member: SampleChange = (scene) => {
  scene.bodies[`${perimeter}/resourceAssociations/ws`] = {
    properties: { accessMode: 'Enforced', privateLinkResource: { id: ids.workspace } },
  };
};
const set =
  (properties: Loose, target: string = ids.account): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[target].properties, properties);
  };
const acls =
  (members: Loose, target: string = ids.account): SampleChange =>
  (scene) => {
    Object.assign(scene.bodies[target].properties.networkAcls, members);
  };
const secured = (target: string = ids.account) => set({ publicNetworkAccess: 'SecuredByPerimeter' }, target);
/** The list of configurations was read, and is empty. */
const read: SampleChange = (scene) => {
  scene.perimetersRead = true;
};
const list = (target: string = ids.account): string => `${target}/networkSecurityPerimeterConfigurations`;
const notGiven: SampleChange = (scene) => scene.gaps.push(refused(list()));
const privately: SampleChange = (scene: Scene) => {
  scene.bodies[ids.account].properties.networkAcls.virtualNetworkRules = [];
  scene.bodies[ids.vault].properties.networkAcls.virtualNetworkRules = [];
  withEndpoint(scene, ids.account, ['blob'], ids.pe);
  withEndpoint(scene, ids.account, ['file'], ids.pe);
  withEndpoint(scene, ids.vault, ['vault'], ids.pe);
};
const instance: SampleChange = (scene) => {
  scene.bodies[`${ids.workspace}/computes/ci`] = {
    name: 'ci',
    properties: { computeType: 'ComputeInstance', properties: { subnet: { id: ids.train } } },
  };
};
const open = acls({ defaultAction: 'Allow' });
/** Outbound traffic of the compute subnet comes from one public address. */
const natted: SampleChange = (scene) => {
  const gateway = `${ids.vnet.replace(/virtualNetworks.*/, 'natGateways/nat')}`;
  const address = gateway.replace(/natGateways.*/, 'publicIPAddresses/ip');
  const { subnets } = scene.bodies[ids.vnet].properties;
  Object.assign(subnets.find((one: Loose) => one.id === ids.train).properties, {
    natGateway: { id: gateway },
    serviceEndpoints: [],
  });
  scene.bodies[gateway] = { properties: { publicIpAddresses: [{ id: address }] } };
  scene.bodies[address] = { properties: { ipAddress: '203.0.113.20' } };
};

rule('storage.perimeter-override', (add) => {
  add('notApplicable', 'files name no perimeter', asIs);
  add('notApplicable', 'the list is empty', read);
  add('unknown', 'the list may not be read', notGiven);
  add('fail', 'enforced without an access rule', associated('enforced'));
  add('fail', 'declared enforced, a rule for another subscription', declared('Enforced', elsewhere));
  add('fail', 'secured, and in no perimeter', both(secured(), read));
  add('unknown', 'secured, in a file', secured());
  add('pass', 'enforced, a rule for the subscription', associated('Enforced', own));
  add('pass', 'declared enforced, a rule for the subscription', declared('enforced', own));
  add('pass', 'enforced, the workspace is a member', both(associated('Enforced'), member));
  add('pass', 'Learning', associated('Learning'));
  add('pass', 'no mode: Learning', associated(undefined));
  add('unknown', 'Audit', both(associated('Audit'), open));
  add('fail', 'Learning, SMB mounts of an instance', both(associated('Learning'), instance), { severity: 'low' });
  add('pass', 'P, enforced', both(associated('Enforced'), privately, instance));
  add('pass', 'P, secured, and in no perimeter', both(secured(), read, privately, instance));
  add('unknown', 'a service tag may allow it', associated('Enforced', [['t', inbound({ serviceTags: ['X'] })]]));
  add('unknown', 'secured in Learning: the pages differ', both(secured(), associated('Learning')));
  const broken = { provisioningIssues: [{ properties: { severity: 'Error', description: 'not applied' } }] };
  add('unknown', 'not propagated', associated('Enforced', own, ids.account, broken));
});

rule('keyvault.perimeter-override', (add) => {
  add('unknown', 'secured, in a file', secured(ids.vault));
  add('fail', 'secured, and in no perimeter', both(secured(ids.vault), read));
  add('fail', 'enforced without an access rule', associated('Enforced', elsewhere, ids.vault));
  add('pass', 'enforced, a rule for the subscription', associated('Enforced', own, ids.vault));
  add('pass', 'P, enforced', both(associated('Enforced', [], ids.vault), privately));
  add('pass', 'Learning', both(associated('Learning', [], ids.vault), instance));
  add('notApplicable', 'none', asIs);
});

rule('storage.default-action-deny', (add) => {
  add('pass', 'open, and enforced', both(open, associated('Enforced')));
  add('pass', 'open, and secured', both(open, secured()));
  add('fail', 'open, and Learning', both(open, associated('Learning', own)));
  add('fail', 'open, and no perimeter', both(open, read));
  add('fail', 'open, and the list may not be read', both(open, notGiven));
  add('pass', 'closed, and the list may not be read', notGiven);
  add(
    'fail',
    'closed, Learning, an access rule for half of the Internet',
    associated('Learning', addresses('0.0.0.0/1')),
  );
  add('fail', 'enforced, an access rule for a /8', associated('Enforced', addresses('148.0.0.0/8')));
  add(
    'pass',
    'enforced, outbound rules',
    associated('Enforced', [['o', { direction: 'Outbound', addressPrefixes: ['0.0.0.0/0'] }]]),
  );
});

rule('storage.vnet-rule-compute-subnet', (add) => {
  const train = { where: ids.train };
  add('fail', 'enforced: its rule is overruled', associated('Enforced'), train);
  add('fail', 'secured, and in no perimeter', both(secured(), read), train);
  add('unknown', 'secured, in a file', secured(), train);
  add('pass', 'Learning: its rule applies', associated('Learning'), train);
  add('unknown', 'the list may not be read', notGiven, train);
  add('fail', 'enforced, service endpoint', associated('Enforced', addresses('203.0.113.20/32')), train);
  add(
    'pass',
    'enforced, its NAT address is allowed',
    both(natted, associated('Enforced', addresses('203.0.113.0/24'))),
    train,
  );
  add(
    'fail',
    'enforced, another address is allowed',
    both(natted, associated('Enforced', addresses('203.0.113.21/32'))),
    train,
  );
  add(
    'pass',
    'Learning, no rule of its own, its NAT address is allowed',
    both(natted, acls({ virtualNetworkRules: [] }), associated('Learning', addresses('203.0.113.20'))),
    train,
  );
});

rule('keyvault.vnet-rule-compute-subnet', (add) => {
  add('fail', 'enforced: its rule is overruled', associated('Enforced', own, ids.vault), { where: ids.train });
});

rule('storage.bypass-azure-services', (add) => {
  add('fail', 'enforced', associated('Enforced'), { severity: 'low' });
  add('fail', 'secured, and in no perimeter', both(secured(), read), { severity: 'low' });
  add('unknown', 'secured, in a file', secured());
  add('pass', 'Learning', associated('Learning'));
  add('pass', 'enforced, a rule for the subscription', associated('Enforced', own));
  add(
    'pass',
    'Learning, bypass None, a rule for the subscription',
    both(acls({ bypass: 'None' }), associated('Learning', own)),
  );
  add('fail', 'Learning, bypass None', both(acls({ bypass: 'None' }), associated('Learning')));
  add('unknown', 'the list may not be read', notGiven);
});

rule('storage.public-network-access', (add) => {
  add('fail', 'S, secured', secured());
  add('pass', 'P, secured, with endpoints', both(privately, secured()));
  add('fail', 'P, secured, without endpoints', both(secured(), acls({ virtualNetworkRules: [] })));
});

rule('storage.dev-client-ip', (add) => {
  const clients: SampleChange = (scene) => {
    scene.intents = { devClientIps: ['203.0.113.77'] };
  };
  add(
    'fail',
    'enforced: its IP rule is overruled',
    both(clients, acls({ ipRules: [{ value: '203.0.113.77' }] }), associated('Enforced')),
  );
  add('pass', 'enforced, an access rule', both(clients, associated('Enforced', addresses('203.0.113.0/24'))));
  add('pass', 'Learning, an access rule', both(clients, associated('Learning', addresses('203.0.113.0/24'))));
  add('fail', 'Learning, neither', both(clients, associated('Learning')));
  add(
    'pass',
    'Disabled, an access rule',
    both(clients, set({ publicNetworkAccess: 'Disabled' }), associated('Learning', addresses('203.0.113.77'))),
  );
});

rule('storage.resource-instance-rule', (add) => {
  add('notApplicable', 'enforced: the rules are overruled', associated('Enforced'));
  add('pass', 'enforced, a rule for the subscription', associated('Enforced', own));
});

export const perimeterSamples: readonly Sample[] = table;
