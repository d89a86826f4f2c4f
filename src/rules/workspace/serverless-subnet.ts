// Serverless compute uses a subnet of the customer and has no public IP address.

import { architectureFor } from '../../facts/architecture.ts';
import { subnetUses } from '../../facts/needs.ts';
import { type Edit, setMember } from '../../model/edit.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { findSubnet, subnetView } from '../../resource-types/network-view.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { workspaceSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, pass, quoted, subnetShown } from '../parts/verdict.ts';
import {
  accessPointer,
  isOdd,
  oddVerdict,
  publicAccess,
  serverlessPointer,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';

const subnetPointer = `${serverlessPointer}/serverlessComputeCustomSubnet`;
const addressPointer = `${serverlessPointer}/serverlessComputeNoPublicIP`;

function check(workspace: Resource, { index }: RuleContext): CheckResult {
  const compute = `Serverless compute of ${displayName(workspace.id)}`;
  const evidence = [
    evidenceAt(workspace, subnetPointer, 'subnet of serverless compute'),
    evidenceAt(workspace, addressPointer, 'no public IP address'),
    evidenceAt(workspace, accessPointer, 'public network access'),
  ];
  const types = [
    [serverlessPointer, 'object'],
    [subnetPointer, 'string'],
    [addressPointer, 'boolean'],
  ] as const;
  const odd = types.find(([pointer, type]) => isOdd(workspace, pointer, type));
  if (odd) return oddVerdict(workspace, odd[0], 'serverless compute setting');
  const { subnet, noPublicIp } = workspaceView(workspace).serverless;
  const mustBePrivate = architectureFor(index) === 'private-endpoint';
  if (subnet !== undefined) {
    const where = `${compute} uses ${subnetShown(subnet)}`;
    if (noPublicIp === true) return pass(`${where} and has no public IP address.`, evidence);
    return mustBePrivate
      ? fail(`${where}, but has public IP addresses.`, evidence)
      : pass(`${where} and has public IP addresses, which this architecture allows.`, evidence);
  }
  if (mustBePrivate) return fail(`${compute} uses no subnet of yours.`, evidence);
  const access = publicAccess(workspace);
  if (access === 'odd') return oddVerdict(workspace, accessPointer, 'public network access');
  return access === 'Disabled'
    ? fail(`${compute} uses no subnet of yours, but public network access is Disabled.`, evidence)
    : pass(`${compute} uses no subnet of yours; it reaches the workspace through public network access.`, evidence);
}

/** The subnets of training compute, to which the required access exists already. */
function candidates({ index }: RuleContext): string[] {
  const training = subnetUses(index).flatMap(({ role, subnet }) => (role === 'training' ? [subnet] : []));
  return training.filter((id) => {
    const subnet = findSubnet(index, id);
    if (!subnet) return false;
    const { delegations, provisioningState } = subnetView(subnet);
    return delegations.length === 0 && stateOf(provisioningState) === 'good';
  });
}

function setSubnet(workspace: Resource, context: RuleContext, { serverless }: Answers): Proposal | string {
  const present = workspaceView(workspace).serverless.subnet;
  const able = candidates(context);
  const isNamed = (id: string) => sameId(id, serverless) || sameId(subnetShown(id), serverless);
  const subnet = serverless === undefined ? (present ?? able[0]) : able.find(isNamed);
  if (subnet === undefined) {
    return serverless === undefined
      ? 'No subnet of training compute can hold serverless compute. Set one by hand: az ml workspace update with serverless_compute.custom_subnet.'
      : `${quoted(serverless)} is not a subnet of training compute: ${listed(able.map(subnetShown))}.`;
  }
  return workspaceProposal(
    workspace,
    3,
    (body) => edits(body, subnet),
    `New serverless jobs use addresses of ${subnetShown(subnet)} and have no public IP address. They need a private endpoint of the workspace.`,
  );
}

function edits(body: JsonObject, subnet: string): Edit[] {
  if (!isObject(valueAt(body, serverlessPointer))) {
    const settings = { serverlessComputeCustomSubnet: subnet, serverlessComputeNoPublicIP: true };
    return [setMember(body, serverlessPointer, settings)];
  }
  const current = valueAt(body, subnetPointer);
  const isSet = typeof current === 'string' && sameId(current, subnet);
  return [
    ...(isSet ? [] : [setMember(body, subnetPointer, subnet)]),
    ...(valueAt(body, addressPointer) === true ? [] : [setMember(body, addressPointer, true)]),
  ];
}

export const workspaceServerlessSubnet = defineRule({
  id: 'workspace.serverless-subnet',
  answers: { serverless: 'VNET/NAME' },
  title: 'Serverless compute uses a subnet without public IP',
  problem: 'Serverless compute is outside your subnets or public',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  notForHubs:
    'A hub or a project has no compute in a virtual network of yours: only serverless compute and compute instances, in the managed network.',
  explain: {
    why: 'Otherwise serverless jobs run outside your secured subnets, on machines with public IP addresses.',
    fix: 'Sets the first subnet of your training compute for serverless compute (--answer serverless=VNET/NAME for another one) and removes its public IP address.',
    breaks:
      'New jobs use addresses of that subnet and reach only what it reaches. Without a private endpoint of the workspace and explicit outbound access they do not start.',
    links: [links.secureTraining],
  },
  undo: 'equivalent',
  subjects: workspaceSubjects,
  check,
  fix: setSubnet,
});
