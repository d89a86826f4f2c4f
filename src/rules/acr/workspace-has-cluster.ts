// acr.workspace-has-cluster: somebody inside the network can build images once the registry is shut.
import { vnetOf } from '../../kinds/network-view.ts';
import { computeView, workspaceView } from '../../kinds/workspace-view.ts';
import type { JsonObject } from '../../model/json.ts';
import { needSentence } from '../../model/need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { registryType } from '../../posture/links.ts';
import { computes, computesOf } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { stateOf } from '../parts/firewall-verdicts.ts';
import { mayBuild } from '../parts/image-build.ts';
import { links } from '../parts/links.ts';
import { isSecured, registryEvidence } from '../parts/registry.ts';
import { meetingPlace, sharedSubnets } from '../parts/shared-subnet.ts';
import { needs, proposalsOn, registries } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, quoted, shown, subnetShown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const workspace = world.workspace();
  if (!workspace) return notApplicable('There is no workspace that would build images.');
  if (!isSecured(wall, world)) {
    return notApplicable(`The ${wall.name} is open and has no private endpoint.`, registryEvidence(wall));
  }
  const able = computes(world).filter(
    (one) => mayBuild(one, world) && stateOf(computeView(one).provisioningState) === 'good',
  );
  const names = able.map(({ id }) => shown(id));
  const evidence = [
    noted(computesOf(workspace.id), names, 'computes that could build images'),
    ...registryEvidence(wall),
  ];
  return names.length > 0
    ? pass(`The workspace has ${listed(names)} to build images on.`, evidence)
    : fail(
        `The ${wall.name} is shut, so it cannot build images, and the workspace has no cluster that could.`,
        evidence,
      );
}

/** As the article makes its cluster, four nodes at most and none while nothing runs. */
function bodyOf(workspace: Resource, size: string, subnet: string | undefined, hidden: boolean): JsonObject {
  const scaleSettings = { minNodeCount: 0, maxNodeCount: 4, nodeIdleTimeBeforeScaleDown: 'PT120S' };
  return {
    location: workspaceView(workspace).location ?? '',
    properties: {
      computeType: 'AmlCompute',
      properties: {
        ...{ vmSize: size, vmPriority: 'Dedicated', scaleSettings },
        ...(subnet === undefined ? {} : { subnet: { id: subnet } }),
        ...(hidden ? { enableNodePublicIp: false } : {}),
        remoteLoginPortPublicAccess: 'Disabled',
      },
    },
  };
}

/** Where the cluster goes: the subnet named, or the one in which storage and registry meet; nowhere under a managed network. */
function placeFor(wall: Wall, judgement: Judgement, answers: Answers): { readonly subnet?: string } | string {
  if (architectureFor(judgement.world) === 'managed-network') return {};
  const used = needs(wall.resource.id, judgement);
  const wanted = answers.subnet?.trim();
  const named = (id: string): boolean =>
    [id, nameOf(id), `${nameOf(vnetOf(id))}/${nameOf(id)}`].some((one) => sameId(one, wanted));
  const shared = sharedSubnets(wall, judgement);
  const subnet =
    wanted === undefined ? ('outcome' in shared ? used[0] : meetingPlace(shared, judgement)) : used.find(named);
  if (subnet !== undefined) return { subnet };
  if (used.length === 0) {
    return 'No compute of the workspace sits in a subnet, so none can be chosen: make a cluster with az ml compute create --vnet-name and --subnet.';
  }
  return `${quoted(wanted ?? '')} is no subnet of the computes; choose one of ${listed(used.map(subnetShown))}.`;
}

const legal = /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/;

function mend(wall: Wall, judgement: Judgement, answers: Answers): Proposal | string {
  const { world } = judgement;
  const workspace = world.workspace();
  if (!workspace) return 'There is no workspace.';
  const [name, size] = [answers.cluster?.trim(), answers.size?.trim()];
  if (name === undefined) {
    const need = needSentence({ kind: 'text', name: 'cluster', what: 'NAME', suggestion: 'cpu-builder' });
    return `${need} It is the name of the cluster to make; it sits with the computes that are there unless subnet=VNET/NAME says otherwise.`;
  }
  if (!legal.test(name))
    return `${quoted(name)} is no name for a cluster: 3 to 24 letters, digits and dashes, a letter first.`;
  if (size === undefined || !/^standard_/i.test(size)) {
    const need = needSentence({ kind: 'text', name: 'size', what: 'SIZE', suggestion: 'STANDARD_DS3_V2' });
    return `${need} It is a size of machines without graphics cards.`;
  }
  if (/^standard_n/i.test(size)) return `${quoted(size)} has graphics cards, and images are built on CPU sizes alone.`;
  const resource = `${computesOf(workspace.id)}/${name}`;
  if (computes(world).some(({ id }) => fold(id) === fold(resource)))
    return `${quoted(name)} is the name of a compute that is there.`;
  const place = placeFor(wall, judgement, answers);
  if (typeof place === 'string') return place;
  const hidden = architectureFor(world) !== 'service-endpoint';
  const where = place.subnet === undefined ? '' : ` in ${subnetShown(place.subnet)}`;
  return {
    change: { kind: 'create', resource, edits: [], body: bodyOf(workspace, size, place.subnet, hidden) },
    phase: 3,
    risk: `The cluster takes addresses${where} while it runs, up to four nodes of ${size}, which are billed; none while nothing is built.`,
  };
}

export const acrWorkspaceHasCluster = defineRule({
  id: 'acr.workspace-has-cluster',
  title: 'Workspace contains a compute cluster',
  severity: 'high',
  about: registryType,
  explain: {
    why: 'The build service of a registry cannot enter the registry once it is shut to the public; a cluster of the workspace builds the images instead, and without one no environment can be made.',
    fix: 'Makes a cluster under the name and in the size you give (answers cluster=NAME and size=SIZE), in the subnet that storage and registry both admit, or the one you name (subnet=VNET/NAME). Run acr.image-build-compute after it.',
    breaks: 'Nothing. It is billed while it runs; an undo deletes it, and what runs on it then.',
    links: [links.secureWorkspace, links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
