// How Bastide answers what its peers ask: a peer's check, the rule or fact that answers it, and why its own words differ where
// they do. Peers ask one property at a time; the rules ask whether the workspace is safe and still works.

import { awayFrom } from '../../src/facts/tunnel.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import type { Evidence, Finding, Report } from '../../src/model/finding.ts';
import { isArray, isObject, type Json } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { peeredSpace, subnetTable } from '../../src/net/index.ts';
import { coveredBy, type Ipv4Range, parseRange } from '../../src/net/ipv4.ts';
import { answerQuestion, type NsgAnswer } from '../../src/net/questions/answer.ts';
import { gatesOf } from '../../src/plan/gates.ts';
import { containerGroupView } from '../../src/resource-types/container-group.ts';
import { databricksView } from '../../src/resource-types/databricks-workspace.ts';
import { managedClusterView } from '../../src/resource-types/managed-cluster-view.ts';
import { outboundRulesOf, outboundRuleView } from '../../src/resource-types/managed-network.ts';
import { publicNetworkAccessOf } from '../../src/resource-types/network-acls.ts';
import { vnetView } from '../../src/resource-types/network-view.ts';
import { listAt, textAt } from '../../src/resource-types/read.ts';
import { routesPointer, servedBy } from '../../src/resource-types/route-view.ts';
import { attachedSubnets } from '../../src/resource-types/workspace-view.ts';

/** A flow as peers put it: this side is the machine behind the NSG. */
interface Flow {
  readonly direction?: 'Inbound' | 'Outbound';
  readonly protocol?: string;
  readonly remoteAddress?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly remotePort?: number;
}
export interface PeerAsk extends Flow {
  readonly addresses?: readonly string[];
  readonly allowed?: readonly string[];
  /** `vnet/subnet`. */
  readonly subnet?: string;
}
export interface PeerQuestion {
  readonly resource: Resource;
  readonly snapshot: Snapshot;
  readonly report: Report;
  readonly ask: PeerAsk;
}
export interface Answerer {
  /** The rule whose finding answers, or the part of Bastide that does. */
  readonly by: string;
  /** The operator's answers that the peer takes for granted. */
  readonly intents?: Assumptions;
  /** Why it is not simply the rule's outcome. */
  readonly because?: string;
  answer(question: PeerQuestion): string;
  /** Names of the NSG rules that decide. */
  deciding?(question: PeerQuestion): readonly string[];
}

const findingOf = ({ report, resource }: PeerQuestion, rule: string): Finding => {
  const found = report.findings.find((one) => one.rule === rule && fold(one.resource) === fold(resource.id));
  if (!found) throw new Error(`${rule} says nothing about ${resource.id}`);
  return found;
};
const cited = (finding: Finding, pointer: string): Evidence | undefined =>
  finding.evidence.find((one) => one.pointer === pointer);
const byRule = (rule: string, more: Pick<Answerer, 'intents' | 'because'> = {}): Answerer => ({
  by: rule,
  ...more,
  answer: (question) => findingOf(question, rule).outcome,
});

const privateDoor: Pick<Answerer, 'intents' | 'because'> = {
  intents: { architecture: 'private-endpoint' },
  because:
    'The peer takes it for granted that a workspace is to be private. Where nothing says so, a public door is how service endpoints go and the rule does not apply; asked with the intent, it answers.',
};

/** The addresses that the IP rules cited by the rule allow. */
function admitted(question: PeerQuestion): Ipv4Range[] {
  const rules: Json =
    cited(findingOf(question, 'storage.ip-rules-legal'), '/properties/networkAcls/ipRules')?.value ?? [];
  return isArray(rules) ? rulesIn(rules) : [];
}
const rulesIn = (rules: readonly Json[]): Ipv4Range[] =>
  rules.flatMap((rule) => ranges([(isObject(rule) ? textAt(rule, '/value') : String(rule)) ?? '']));
const ranges = (texts: readonly string[]): Ipv4Range[] =>
  texts.map((text) => {
    const range = parseRange(text);
    if (!range.ok) throw new Error(`${text}: ${range.reason}`);
    return range.value;
  });
const yesNo = (answer: boolean) => (answer ? 'yes' : 'no');

/** The flow put to `prove`, the NSG on the subnet of the machine. */
function proved({ resource, ask }: PeerQuestion): NsgAnswer {
  const port = (number: number | undefined) => [number === undefined ? '*' : `${number}`];
  const local = { address: [ask.localAddress], ports: port(ask.localPort) };
  const remote = { address: [ask.remoteAddress], ports: port(ask.remotePort) };
  const [from, to] = ask.direction === 'Inbound' ? [remote, local] : [local, remote];
  const flow = { protocol: ask.protocol, src: from.address, srcPorts: from.ports, dst: to.address, dstPorts: to.ports };
  const env = { virtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'], tags: {}, asgs: {} };
  const input = { direction: ask.direction, subnetNsg: resource.body, nicNsg: null, env, flow };
  const answer = answerQuestion({ id: 'peer', kind: 'nsg', input }, 1, undefined);
  if (!('verdict' in answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

/** The subnets that a route table says it serves, as `vnet/subnet` in lower case. */
const served = ({ resource }: PeerQuestion): string[] =>
  servedBy(resource).map((id) =>
    fold(
      id
        .split('/')
        .filter((_part, index, all) => [all.length - 3, all.length - 1].includes(index))
        .join('/'),
    ),
  );

/** Does the first DNS server of a network lie in its own space or that of a connected peer? */
function firstServerLocal({ resource }: PeerQuestion): string {
  const [first] = vnetView(resource).dnsServers;
  if (first === undefined) return valueAt(resource.body, '/properties/dhcpOptions/dnsServers') ? 'unknown' : 'pass';
  const space = [
    ...vnetView(resource).prefixes,
    ...peeredSpace(valueAt(resource.body, '/properties/virtualNetworkPeerings')),
  ];
  const [server, ...ours] = [first, ...space].map(parseRange);
  const known = ours.flatMap((range) => (range.ok ? [range.value] : []));
  if (!server?.ok) return 'unknown';
  if (coveredBy(server.value, known)) return 'pass';
  return known.length < ours.length ? 'unknown' : 'fail';
}

export const answerers: Readonly<Record<string, Answerer>> = {
  'nsg.flow': {
    by: 'prove',
    answer: (question) =>
      ({ allowed: 'Allow', denied: 'Deny', partly: 'both', unknown: 'unknown' })[proved(question).verdict],
    deciding: (question) => {
      const { allowedBy, deniedBy } = proved(question);
      return [...allowedBy, ...deniedBy].map((rule) => rule.replace(/^subnet\//, ''));
    },
  },
  'storage.default-action-deny': byRule('storage.default-action-deny'),
  'storage.trusted-services-bypass': {
    by: 'storage.bypass-azure-services',
    because:
      'The peer passes an account that does not deny, for nothing needs bypassing; the rule fails it, for closing it would then cut the workspace off. So the peer passes where either rule of ours says so.',
    answer: (question) => {
      const denies = findingOf(question, 'storage.default-action-deny');
      return denies.outcome === 'fail' ? 'pass' : findingOf(question, 'storage.bypass-azure-services').outcome;
    },
  },
  'storage.public-network-access-disabled': {
    by: 'storage.public-network-access',
    because:
      'The peer asks for the switch alone. The rule asks whether the switch fits the way in: off without any endpoint locks everybody out, on with a firewall that denies is how service endpoints work. Its evidence holds the switch.',
    answer: (question) => {
      const evidence = cited(findingOf(question, 'storage.public-network-access'), '/properties/publicNetworkAccess');
      return typeof evidence?.value === 'string' && fold(evidence.value) === 'disabled' ? 'pass' : 'fail';
    },
  },
  'storage.ip-allowed': {
    by: 'storage.ip-rules-legal (evidence) and net/ipv4',
    answer: (question) => {
      const inside = admitted(question);
      return yesNo(ranges(question.ask.addresses ?? []).every((range) => coveredBy(range, inside)));
    },
  },
  'storage.ip-rules-within': {
    by: 'storage.ip-rules-legal (evidence) and net/ipv4',
    answer: (question) => {
      const allowed = ranges(question.ask.allowed ?? []);
      return yesNo(admitted(question).every((range) => coveredBy(range, allowed)));
    },
  },
  'keyvault.default-action-deny': byRule('keyvault.default-action-deny'),
  'keyvault.closed-to-internet': {
    by: 'keyvault.default-action-deny, keyvault.ip-rules-legal',
    because: 'Closed is what denies by default and whose IP rules do not open it again; each is a rule of its own.',
    answer: (question) => {
      const denies = findingOf(question, 'keyvault.default-action-deny').outcome;
      const opens = findingOf(question, 'keyvault.ip-rules-legal').outcome === 'fail';
      return denies === 'pass' && opens ? 'fail' : denies;
    },
  },
  'aml.workspace-has-approved-private-endpoint': byRule('workspace.private-endpoint', privateDoor),
  'aml.workspace-public-access-disabled': byRule('workspace.public-network-access', privateDoor),
  'aml.managed-network-has-pe-rule': {
    by: 'the outbound rules of the workspace (kinds/managed-network-view)',
    because:
      'No rule asks for any private endpoint at all: storage.private-endpoints and keyvault.private-endpoint ask for those of the resources in use, and only once the network is on, which the peer does not look at.',
    answer: ({ resource }) => {
      const kinds = outboundRulesOf(resource).map((rule) => outboundRuleView(rule).type);
      return kinds.some((kind) => fold(kind ?? '') === 'privateendpoint') ? 'pass' : 'fail';
    },
  },
  'aml.compute-in-subnet': byRule('compute.placed-in-vnet'),
  'aml.compute-ssh-public-closed': byRule('compute.ssh-public-access'),
  'aml.compute-no-node-public-ip': byRule('compute.no-public-ip'),
  'aml.read-only-lock': {
    by: 'the lock gate of a plan',
    because: 'A lock is no fault of the posture: it is what stops a change, so a plan asks for it before it writes.',
    answer: ({ resource, snapshot }) => {
      const change = editChange(resource.id, [setMember(resource.body, '/properties/description', 'changed')]);
      const gate = gatesOf(change, indexSnapshot(snapshot)).find(({ kind }) => kind === 'lock');
      return gate?.outcome === 'unknown' ? 'unknown' : yesNo(gate?.outcome === 'fail');
    },
  },
  'route.table-on-subnet': {
    by: 'the subnets of the table (kinds/route-view)',
    answer: (question) => yesNo(served(question).includes(fold(question.ask.subnet ?? ''))),
  },
  'route.table-only-on': {
    by: 'the subnets of the table (kinds/route-view)',
    answer: (question) =>
      yesNo(served(question).length > 0 && served(question).every((one) => one === fold(question.ask.subnet ?? ''))),
  },
  'route.forced-tunnel': {
    by: 'udr.forced-tunnel (posture/tunnel)',
    because:
      'The peer asks about a table wherever it hangs; the rule speaks of training subnets. What decides is the same: do its routes take most of the Internet to an appliance or a gateway?',
    answer: ({ resource }) => {
      const { routes } = subnetTable({ addressSpace: [], userRoutes: listAt(resource.body, routesPointer) });
      return yesNo(awayFrom(routes).length > 0);
    },
  },
  'vnet.first-dns-server-local': {
    by: 'the DNS servers and the space of the network (kinds/network-view, net)',
    because:
      'No rule asks where a DNS server lies: one elsewhere may forward private names as well as one in the network does. What counts is whether they resolve there, which workspace.private-dns judges.',
    answer: firstServerLocal,
  },
  'acr.sku-premium': byRule('acr.sku-premium'),
  'acr.public-network-access-disabled': {
    by: 'the public door of the registry (kinds/network-acls), which acr.default-action-deny reads',
    because:
      'The peer asks for the switch alone. A registry whose rules deny all but subnets is closed with the switch on, and one without an endpoint is lost with it off.',
    answer: ({ resource }) => (publicNetworkAccessOf(resource) === 'Disabled' ? 'pass' : 'fail'),
  },
  'aci.in-subnet': {
    by: 'the subnets of the container group (kinds/container-group), which aci.deployment-target reads',
    because: 'The rule speaks of groups that a workspace deployed; in a file of groups alone there is none.',
    answer: ({ resource }) => (containerGroupView(resource).subnets.length > 0 ? 'pass' : 'fail'),
  },
  'hdinsight.in-vnet': {
    by: 'the subnets of the cluster (kinds/workspace-view), which vm.in-vnet reads',
    because: 'The rule speaks of clusters that are attached to a workspace; in a file of clusters alone there is none.',
    answer: ({ resource }) => (attachedSubnets(resource).length > 0 ? 'pass' : 'fail'),
  },
  'databricks.vnet-injected': {
    by: 'the network of the Databricks workspace (kinds/databricks-workspace), which databricks.vnet-injected reads',
    because: 'The rule speaks of Databricks attached to a workspace; in a file of Databricks alone there is none.',
    answer: ({ resource }) => (databricksView(resource).network === undefined ? 'fail' : 'pass'),
  },
  'aks.azure-cni': {
    by: 'the plug-in of the cluster (kinds/managed-cluster-view), which aks.ip-plan reads',
    because: 'No rule asks for a plug-in: each has its own address plan, and that is what is judged.',
    answer: ({ resource }) => (fold(managedClusterView(resource).plugin ?? '') === 'azure' ? 'pass' : 'fail'),
  },
};

/** What peers check and no rule does, each with the reason. */
export const notAsked: Readonly<Record<string, string>> = {
  'acr.admin-user-disabled': 'Who may sign in to a registry is no question of the network.',
  'databricks.public-access-disabled':
    'The front door of Databricks is its own; the article asks where its clusters sit and what they reach.',
  'databricks.no-public-ip': 'Addresses of the machines of Databricks are its own; the article asks where they sit.',
  'aks.api-server-authorized-ips':
    'Who may reach the API server of a cluster is the cluster owner’s to say; the article asks how models are called and what nodes reach.',
  'aks.network-policy': 'Traffic between pods stays inside the cluster, which no rule looks into.',
  'nic.no-public-ip':
    'A machine of one’s own may have an address: vm.ssh-inbound-azureml needs one that lets the service in, and judges the ports.',
};
