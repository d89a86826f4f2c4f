// workspace.serverless-subnet: serverless computes are pinned to a subnet and get no public address.
import { findSubnet, subnetView } from '../../kinds/network-view.ts';
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import { type Edit, setMember } from '../../model/edit.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { subnetUses } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, listed, pass, quoted, seen, shown, subnetShown } from '../parts/verdict.ts';
import {
  accessPointer,
  isOdd,
  oddVerdict,
  publicAccess,
  serverlessPointer,
  workspaceJudged,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const subnetPointer = `${serverlessPointer}/serverlessComputeCustomSubnet`;
const addressPointer = `${serverlessPointer}/serverlessComputeNoPublicIP`;

function judge(workspace: Resource, { world }: Judgement): Verdict {
  const name = shown(workspace.id);
  const evidence = [
    seen(workspace, subnetPointer, 'subnet of serverless computes'),
    seen(workspace, addressPointer, 'no public address'),
    seen(workspace, accessPointer, 'public network access'),
  ];
  const odd = [
    [serverlessPointer, 'object'],
    [subnetPointer, 'string'],
    [addressPointer, 'boolean'],
  ] as const;
  const strange = odd.find(([pointer, type]) => isOdd(workspace, pointer, type));
  if (strange) return oddVerdict(workspace, strange[0], 'serverless setting');
  const { subnet, noPublicIp } = workspaceView(workspace).serverless;
  const privately = architectureFor(world) === 'private-endpoint';
  if (subnet !== undefined) {
    const where = `Serverless computes of ${name} are pinned to ${subnetShown(subnet)}`;
    if (noPublicIp === true) return pass(`${where} and have no public address.`, evidence);
    return privately
      ? fail(`${where}, but have public addresses.`, evidence)
      : pass(`${where}; they have public addresses, as the other computes may.`, evidence);
  }
  if (privately) return fail(`Serverless computes of ${name} run outside its network.`, evidence);
  const access = publicAccess(workspace);
  if (access === 'odd') return oddVerdict(workspace, accessPointer, 'public network access');
  return access === 'Disabled'
    ? fail(`Public access to ${name} is off, and its serverless computes run outside its network.`, evidence)
    : pass(`Serverless computes of ${name} run outside its network, which its public door allows.`, evidence);
}

/** The subnets that could take them: those of the training computes, which everything admits already. */
function candidates({ world }: Judgement): string[] {
  const training = subnetUses(world).flatMap(({ role, subnet }) => (role === 'training' ? [subnet] : []));
  return training.filter((id) => {
    const subnet = findSubnet(world, id);
    if (!subnet) return false;
    const { delegations, provisioningState } = subnetView(subnet);
    return delegations.length === 0 && stateOf(provisioningState) === 'good';
  });
}

function pin(workspace: Resource, judgement: Judgement, answers: Answers): Proposal | string {
  const present = workspaceView(workspace).serverless.subnet;
  const able = candidates(judgement);
  const named = (subnet: string) =>
    sameId(subnet, answers.serverless) || sameId(subnetShown(subnet), answers.serverless);
  const subnet = answers.serverless === undefined ? (present ?? able[0]) : able.find(named);
  if (subnet === undefined) {
    return answers.serverless === undefined
      ? 'No training compute sits in a subnet that could take serverless computes too; name one in the workspace by hand: az ml workspace update with serverless_compute.custom_subnet.'
      : `${quoted(answers.serverless)} is none of the subnets of the training computes: ${listed(able.map(subnetShown))}.`;
  }
  return workspaceProposal(
    workspace,
    3,
    (body) => settings(body, subnet),
    `New serverless jobs take their addresses from ${subnetShown(subnet)} and have no public one: they need the private endpoint of the workspace and a way out of that subnet.`,
  );
}

function settings(body: JsonObject, subnet: string): Edit[] {
  if (!isObject(valueAt(body, serverlessPointer))) {
    const made = { serverlessComputeCustomSubnet: subnet, serverlessComputeNoPublicIP: true };
    return [setMember(body, serverlessPointer, made)];
  }
  const there = valueAt(body, subnetPointer);
  const pinned = typeof there === 'string' && sameId(there, subnet);
  return [
    ...(pinned ? [] : [setMember(body, subnetPointer, subnet)]),
    ...(valueAt(body, addressPointer) === true ? [] : [setMember(body, addressPointer, true)]),
  ];
}

export const workspaceServerlessSubnet = defineRule({
  id: 'workspace.serverless-subnet',
  title: 'Serverless compute is pinned to a subnet without public IP',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'Serverless jobs otherwise run on machines outside every subnet you have secured, with a public address of their own.',
    fix: 'Pins serverless computes to the first subnet of your training computes (answer serverless=VNET/NAME for another of them) and takes their public address.',
    breaks:
      'Jobs started from then on take addresses of that subnet and reach only what it reaches: without a private endpoint of the workspace and an explicit way out they do not start.',
    links: [links.secureTraining],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (workspace) => pin(workspace, judgement, answers)),
});
