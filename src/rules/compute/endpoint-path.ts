// compute.endpoint-path: each training subnet reaches the private endpoints that its nodes use, by the hops that `bastide path`
// shows.

import { endpointInHand } from '../../facts/endpoints-in-hand.ts';
import { subnetPrefixes } from '../../facts/flows.ts';
import { endpointPorts, namedEndpoint, pathToEndpoint, type UsedEndpoint, usedEndpoints } from '../../facts/reach.ts';
import { routeTableAt } from '../../facts/routes.ts';
import { unreadAccounts } from '../../facts/unread.ts';
import type { Evidence } from '../../model/finding.ts';
import { alsoBlocked, hopTitles } from '../../model/path-words.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { subnetType } from '../../resource-types/network-view.ts';
import { stopsPeering } from '../../resource-types/route-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { openPeering } from '../parts/peering.ts';
import { noTraining, orElse, trainingSubjects } from '../parts/subjects.ts';
import { displayName, fail, notApplicable, noted, pass, subnetShown, unknown, worstOf } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subject, Subjects } from '../rule.ts';
import { allowFlow } from './parts/endpoint-flows.ts';

/** A training subnet, and a private endpoint with the sub-resources that are used through it. */
export interface SubnetAndEndpoint {
  readonly subnet: string;
  readonly endpoint: string;
  readonly uses: readonly UsedEndpoint[];
}

const pairs: Subjects<SubnetAndEndpoint> = {
  list(context) {
    const { index } = context;
    const used = orElse(() => usedEndpoints(index), { endpoints: [], unread: [] });
    const all = [...used.endpoints.map(({ id }) => id), ...used.unread];
    const ids = [...new Map(all.map((id) => [fold(id), asRead(id, index)])).values()];
    return trainingSubjects(context).flatMap((subject): Subject[] => {
      if (subject.resource === index.snapshot.workspace || ids.length === 0) return [subject];
      return ids.map((where) => ({ ...subject, where }));
    });
  },
  resolve({ resource: subnet, where }, { index }) {
    const none = noTraining(subnet, index);
    if (none) return none;
    const { endpoints, unread } = usedEndpoints(index);
    // Which endpoints it has is not known.
    if (unread.some((id) => sameId(id, where))) index.get(where ?? '');
    const uses = endpoints.filter(({ id }) => sameId(id, where));
    if (where === undefined || uses.length === 0) {
      return notApplicable('The workspace and its resources have no private endpoint that nodes use.');
    }
    return { subnet, endpoint: where, uses };
  },
};

const asRead = (id: string, index: SnapshotIndex): string => {
  const seen = index.peek(id);
  return seen.state === 'read' ? seen.resource.id : id;
};

function check(pair: SubnetAndEndpoint, context: RuleContext): CheckResult {
  return worstOf(
    'high',
    pair.uses.map((use) => () => checkUse(pair.subnet, use, context)),
  );
}

function checkUse(subnet: string, use: UsedEndpoint, { index }: RuleContext): CheckResult {
  const reach = pathToEndpoint(subnet, use.end, use.service, index);
  const name = displayName(use.id);
  const evidence = hopsOf(subnet, reach.answer);
  if (reach.state === 'reached') return pass(`${subnetShown(subnet)} reaches the private endpoint ${name}.`, evidence);
  if (reach.state === 'unknown' && reach.answer && reach.gap?.action === '') return unknown(reach.because, evidence);
  if (reach.state === 'unknown' && reach.gap) throw new UnreadableError(reach.gap);
  const other = usedEndpoints(index).endpoints.find(
    ({ id, end, service }) =>
      !sameId(id, use.id) &&
      sameId(service.resource, use.service.resource) &&
      service.group === use.service.group &&
      pathToEndpoint(subnet, end, service, index).state === 'reached',
  );
  // Where the name leads to this endpoint, another one is of no use.
  if (other && !sameId(namedEndpoint(subnet, use.service, index), use.id)) {
    const instead = `reaches ${displayName(other.id)} of the same resource instead`;
    return pass(`${subnetShown(subnet)} does not reach the private endpoint ${name} and ${instead}.`, evidence);
  }
  const more = reach.answer ? alsoBlocked(reach.answer) : '';
  const why = more === '' ? reach.because : `${reach.because} ${more}`;
  return fail(`${subnetShown(subnet)} does not reach the private endpoint ${name}. ${why}`, evidence);
}

type Answer = NonNullable<ReturnType<typeof pathToEndpoint>['answer']>;

/** The hops of the path, each with its verdict, and what decides at those that do not allow all of the traffic. */
function hopsOf(subnet: string, answer: Answer | undefined): Evidence[] {
  if (!answer) return [];
  const rulesAt = (hop: string) => answer.blockers.find((one) => one.hop === hop)?.rules ?? [];
  return answer.hops.flatMap(({ hop, at, verdict, evidence }) => {
    if (verdict === 'notAsked') return [];
    const rules = rulesAt(hop);
    const by = rules.length === 0 ? [] : [noted(subnet, rules, 'blocked by')];
    return [noted(subnet, `${hopTitles[hop]} at ${at}: ${verdict}`, 'hop'), ...by, ...evidence.slice(0, 4)];
  });
}

// The fix: an Allow rule in the NSG that denies the traffic, or the peering opened on each side that stops it.

function fix(
  { subnet, uses }: SubnetAndEndpoint,
  context: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const { index } = context;
  const blocked = uses.map((use) => ({ use, reach: pathToEndpoint(subnet, use.end, use.service, index) }));
  const found = blocked.find(({ reach }) => reach.state === 'blocked');
  const there = found?.reach.subnet;
  if (!found || there === undefined) return 'No hop on the path is known to drop the traffic.';
  const { reach, use } = found;
  const ports = endpointPorts(use.service.group);
  switch (reach.answer?.stoppedBy) {
    case 'adminRules':
    case 'sourceSubnet':
    case 'destinationSubnet':
      return allowFlow({ from: subnet, to: there, addresses: addressesOf(use, there, index), ports }, context);
    case 'firewall':
      return `${reach.because} Allow ${subnetShown(subnet)} to reach ${subnetShown(there)} on TCP ${ports.join(', ')} there.`;
    case 'route': {
      const table = routeTableAt(subnet, index);
      if (table !== undefined && stopsPeering(table)) {
        return `${reach.because} ${nameOf(table.id)} does not use the routes of peerings (disablePeeringRoute). Set it to None there.`;
      }
      return openPeering(subnet, there, reach.because, index, answers);
    }
    default:
      return openPeering(subnet, there, reach.because, context.index, answers);
  }
}

/** Those it shows, else those of its subnet. */
function addressesOf(use: UsedEndpoint, there: string, index: SnapshotIndex): readonly string[] {
  const found = endpointInHand(use.id, index);
  return found && found.addresses.length > 0 ? found.addresses : subnetPrefixes(there, index);
}

export const computeEndpointPath = defineRule({
  id: 'compute.endpoint-path',
  answers: { way: ['peer'] },
  title: 'Compute reaches each private endpoint that it uses',
  problem: 'Compute does not reach a private endpoint',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Private DNS is not enough: the traffic must also reach the private endpoint. Routes, NSGs, and peerings that deny access or cover other subnets can drop it. Connections that Azure resources do not describe (virtual WAN, gateways, connected groups, other appliances) make the result unknown. That these may connect two networks is inferred.',
    fix: 'Adds an Allow rule for the subnet to the NSG that denies it, or sets allowVirtualNetworkAccess on each side of the peering that lacks it. In a peering of subnets, adds both subnets to the lists of each side. With --answer way=peer: creates a missing peering on both sides. Other kinds of connection must be created by hand.',
    breaks:
      'A peering that allows access connects all resources of both networks, except where NSGs deny it. A rule in an NSG applies to every subnet that uses the NSG.',
    links: [links.endpointPolicies, links.peering, links.subnetPeering, links.connectivity],
  },
  fixKind: 'guided',
  instead: 'workspace.managed-network-provisioned',
  subjects: pairs,
  unread: ({ index }) => unreadAccounts(index),
  check,
  fix,
});
