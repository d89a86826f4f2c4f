// workspace.private-endpoint: the workspace has a private endpoint that is approved.
import type { EndpointConnection } from '../../kinds/network-acls.ts';
import { vnetType } from '../../kinds/network-view.ts';
import { numberAt } from '../../kinds/read.ts';
import { computeView, workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import { isArray } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { GapRead } from '../../model/world.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { type CustomerEndpoint, customerEndpoints } from '../../posture/endpoints.ts';
import { computes } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { computeNetworks } from '../parts/private-names.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import {
  accessPointer,
  connectionsPointer,
  isOdd,
  oddVerdict,
  publicAccess,
  workspaceJudged,
} from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const countPointer = '/properties/privateLinkCount';
const waiting = ['Pending', 'Rejected', 'Disconnected'];

function judge(workspace: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  const name = shown(workspace.id);
  const list = seen(workspace, connectionsPointer, 'private endpoint connections');
  if (isOdd(workspace, connectionsPointer, 'list')) {
    return oddVerdict(workspace, connectionsPointer, 'list of private endpoint connections');
  }
  const ends = customerEndpoints(workspace.id, world);
  if (ends.length > 0) return pass(approved(name, ends), [list, ...ends.map((end) => whereOf(workspace, end))]);
  const { endpointConnections } = workspaceView(workspace);
  const stuck = endpointConnections.filter((one) => waiting.includes(one.status ?? '') && isYours(one, judgement));
  if (stuck.length > 0) {
    const states = stuck.map((one) => `${shown(one.name)} is ${one.status ?? 'without a state'}`);
    return fail(`No private endpoint of ${name} is approved: ${listed(states)}.`, [
      ...stuck.map(({ pointer }) => seen(workspace, pointer, 'a connection that is not approved')),
    ]);
  }
  const understood = endpointConnections.filter(
    ({ status }) => status === 'Approved' || waiting.includes(status ?? ''),
  );
  const all = valueAt(workspace.body, connectionsPointer);
  const isHidden = isArray(all) ? understood.length < all.length : (numberAt(workspace.body, countPointer) ?? 0) > 0;
  if (isHidden) {
    return unknown(`The private endpoint connections of ${name} are not shown in a form that can be judged.`, [
      list,
      seen(workspace, countPointer, 'number of private links'),
    ]);
  }
  return withoutAny(workspace, judgement);
}

/** One whose endpoint nobody can read is the service's own while a managed network is on (rules-catalogue 3.13). */
function isYours({ endpointId }: EndpointConnection, { world }: Judgement): boolean {
  const workspace = world.workspace();
  const makesItsOwn = workspace !== undefined && workspaceView(workspace).managedNetwork.on;
  return !makesItsOwn || (endpointId !== undefined && world.peek(endpointId).state === 'read');
}

function approved(name: string, ends: readonly CustomerEndpoint[]): string {
  const subnets = ends.flatMap(({ subnet }) => (subnet === undefined ? [] : [subnetShown(subnet)]));
  const unread = ends.length - subnets.length;
  const where = subnets.length > 0 ? ` in ${listed(subnets)}` : '';
  const note = unread > 0 ? '; which network it lies in could not be read' : '';
  return `${name} has an approved private endpoint${where}${note}.`;
}
const whereOf = (workspace: Resource, { connection, subnet }: CustomerEndpoint) =>
  noted(connection.endpointId ?? workspace.id, subnet ?? null, 'subnet of the endpoint');

/** No connection at all: whether that is a fault depends on who has to come in. */
function withoutAny(workspace: Resource, { world }: Judgement): Verdict {
  const name = shown(workspace.id);
  const evidence = [
    seen(workspace, connectionsPointer, 'private endpoint connections'),
    seen(workspace, accessPointer, 'public network access'),
  ];
  const answer = architectureFor(world);
  if (answer === 'private-endpoint') return fail(`${name} has no private endpoint.`, evidence);
  const access = publicAccess(workspace);
  if (access === 'odd') return oddVerdict(workspace, accessPointer, 'public network access');
  if (access === 'Disabled') {
    return fail(`${name} has no private endpoint and its public access is off: nobody gets in.`, evidence);
  }
  if (answer === 'managed-network') return notApplicable(`${name} is reached at its public door.`, evidence);
  const cut = computes(world).filter((compute) => {
    const { subnet, enableNodePublicIp } = computeView(compute);
    return subnet !== undefined && enableNodePublicIp === false;
  });
  if (cut.length === 0)
    return notApplicable(`${name} is reached at its public door, and so do its computes.`, evidence);
  const names = cut.map((compute) => shown(computeView(compute).name));
  return fail(
    `${name} has no private endpoint, and ${listed(names)} ${cut.length === 1 ? 'has' : 'have'} no public address to reach it with.`,
    [
      ...evidence,
      ...cut.map((compute) => seen(compute, '/properties/properties/enableNodePublicIp', 'no public address')),
    ],
  );
}

/** In the computes' own networks where there are any, else in any network that was met. */
function connect(workspace: Resource, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const { vnets, gap } = computeNetworks(world);
  if (gap !== undefined) throw new GapRead(gap);
  const met = onceEach([...vnets, ...world.ofType(vnetType).map(({ id }) => id)]);
  const subnet = chooseSubnet(answers, endpointSubnets(met, world));
  const anywhere = vnets.length === 0 ? { within: met } : {};
  return endpointProposals({ target: workspace, groups: ['amlworkspace'], subnet, vnets, ...anywhere }, judgement);
}

export const workspacePrivateEndpoint = defineRule({
  id: 'workspace.private-endpoint',
  title: 'The workspace has an approved private endpoint',
  severity: 'high',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'Without a private endpoint, computes without a public address cannot reach the service, and everybody else comes in at its public door.',
    fix: 'Makes a private endpoint of the workspace in the subnet you name (answer subnet=VNET/NAME), with the two private DNS zones it needs, linked to the networks of your computes; a connection that only waits is approved instead.',
    breaks:
      'Once its names resolve privately, computes and people in other networks that see those zones stop reaching the workspace. The endpoint is billed by the hour. An undo takes endpoint, links and zones out again; a new endpoint gets a new address.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (workspace) => connect(workspace, judgement, answers)),
});
