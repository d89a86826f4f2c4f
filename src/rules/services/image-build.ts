// acr.image-build-compute, acr.build-cluster-cpu, acr.workspace-has-cluster: a compute cluster of the workspace builds
// images, because a registry that denies by default cannot.

import { architectureFor } from '../../facts/architecture.ts';
import { builderName, builderPointer } from '../../facts/links.ts';
import { computes, computesOf } from '../../facts/needs.ts';
import type { JsonObject } from '../../model/json.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { textAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, type ServiceFirewall } from '../parts/firewall.ts';
import { stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { needs, registries } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import { isOdd, oddVerdict } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { builderOf, builders, buildOn, chosenBuilder, isGpu, mayBuild, sizePointer } from './parts/image-build.ts';
import { isSecured, registryEvidence } from './parts/registry.ts';
import { isShared, notClosed, sharedSubnets, subnetToShare } from './parts/shared-subnets.ts';

const noWorkspace = 'No workspace was found.';
const noBuilder = 'No existing compute is set to build images.';

function builderIsSet(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const workspace = context.index.workspace();
  const gone = workspace && missingBuilder(workspace, context);
  if (gone) return gone;
  const early = notClosed(firewall);
  if (early) return early;
  if (!workspace) return notApplicable(noWorkspace);
  if (isOdd(workspace, builderPointer, 'string')) return oddVerdict(workspace, builderPointer, 'image build compute');
  const evidence = [evidenceAt(workspace, builderPointer, 'image build compute')];
  const name = builderName(workspace);
  if (name === undefined) {
    const unset =
      'No image build compute (imageBuildCompute) is set, and the registry cannot build images while it denies by default.';
    return architectureFor(context.index) === 'managed-network'
      ? fail(
          `${unset} Serverless builds may still work in a managed network; Microsoft does not guarantee it.`,
          evidence,
          'low',
        )
      : fail(unset, evidence);
  }
  const compute = builderOf(workspace, context.index);
  return compute ? canBuild(compute, evidence, context) : notApplicable(noBuilder);
}

/** What is set and does not exist builds no image, whether the registry is open or closed. Throws UnreadableError. */
function missingBuilder(workspace: Resource, { index }: RuleContext): CheckResult | undefined {
  const name = builderName(workspace);
  if (name === undefined || builderOf(workspace, index) !== undefined) return undefined;
  const evidence = [evidenceAt(workspace, builderPointer, 'image build compute')];
  return fail(`Image build compute ${quoted(name)} does not exist in the workspace.`, evidence);
}

function canBuild(
  compute: Resource,
  set: readonly ReturnType<typeof evidenceAt>[],
  { index }: RuleContext,
): CheckResult {
  const { name: raw, computeType, provisioningState, maxNodeCount } = computeView(compute);
  const name = `Image build compute ${clean(raw, 60)}`;
  const evidence = [
    ...set,
    evidenceAt(compute, '/properties/computeType', 'compute type'),
    evidenceAt(compute, '/properties/provisioningState', 'provisioning state'),
    evidenceAt(compute, '/properties/properties/scaleSettings/maxNodeCount', 'maximum number of nodes'),
  ];
  if (!mayBuild(compute, index))
    return fail(`${name} has type ${quoted(computeType ?? 'not shown')}; a compute cluster is expected.`, evidence);
  const state = stateOf(provisioningState);
  if (state === 'bad') return fail(`${name} is in state ${quoted(provisioningState ?? '')}.`, evidence);
  if (state === 'passing') return unknown(`${name} is being updated.`, evidence);
  if (computeType !== 'AmlCompute') return pass(`${name} can build images.`, evidence);
  if (maxNodeCount === undefined) return unknown(`The maximum number of nodes of ${name} is not known.`, evidence);
  return maxNodeCount < 1
    ? fail(`${name} has a maximum of ${maxNodeCount} nodes; at least 1 is expected.`, evidence)
    : pass(`${name} can build images.`, evidence);
}

/** A cluster in a shared subnet is preferred; the answer `cluster` decides. */
function setBuilder(firewall: ServiceFirewall, context: RuleContext, answers: Answers): Proposal | string {
  const { index } = context;
  const workspace = index.workspace();
  if (!workspace) return noWorkspace;
  const shared = sharedSubnets(firewall, context);
  const chosen = chosenBuilder(
    answers,
    builders(index),
    (compute) => !('outcome' in shared) && isShared(shared, computeView(compute).subnet),
  );
  return typeof chosen === 'string' ? chosen : buildOn(workspace, chosen);
}

export const acrImageBuildCompute = defineRule({
  id: 'acr.image-build-compute',
  answers: { cluster: 'NAME' },
  title: 'A compute cluster is set to build images',
  problem: 'No suitable compute is set to build images',
  severity: 'critical',
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  explain: {
    why: 'A registry that denies by default also blocks ACR Tasks. Environments are then built on a compute cluster of the workspace, in a managed network also on an instance, or fail with ImageBuildComputeNotValid.',
    fix: 'Sets imageBuildCompute to the CPU cluster that you choose (--answer cluster=NAME), or otherwise to one in a subnet that storage and registry both allow.',
    breaks: 'None. Nodes of that cluster start for each new environment and are billed.',
    links: [links.secureWorkspace, links.managedNetwork],
  },
  subjects: registryFirewalls,
  check: builderIsSet,
  fix: setBuilder,
});

function builderIsCpu({ index }: RuleContext): CheckResult {
  const workspace = index.workspace();
  if (!workspace) return notApplicable(noWorkspace);
  if (isOdd(workspace, builderPointer, 'string')) return oddVerdict(workspace, builderPointer, 'image build compute');
  const builder = builderOf(workspace, index);
  if (!builder) return notApplicable(noBuilder);
  const name = `Image build compute ${clean(computeView(builder).name, 60)}`;
  const size = textAt(builder.body, sizePointer);
  const evidence = [
    evidenceAt(workspace, builderPointer, 'image build compute'),
    evidenceAt(builder, sizePointer, 'VM size'),
  ];
  if (size === undefined) return unknown(`The VM size of ${name} is not known.`, evidence);
  return isGpu(builder)
    ? fail(`${name} has VM size ${quoted(size)}; a CPU size is expected.`, evidence)
    : pass(`${name} has VM size ${quoted(size)}.`, evidence);
}

export const acrBuildClusterCpu = defineRule({
  id: 'acr.build-cluster-cpu',
  title: 'Image-build cluster uses a CPU VM size',
  problem: 'Image-build cluster uses a GPU VM size',
  severity: 'medium',
  profiles: ['current'],
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  explain: {
    why: 'Images are built on CPU VM sizes only; GPU clusters are not supported.',
    fix: 'None: set another cluster with az ml workspace update --image-build-compute.',
    links: [links.secureWorkspace],
  },
  subjects: registries,
  check: (_subject, context) => builderIsCpu(context),
});

function hasCluster(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const workspace = index.workspace();
  if (!workspace) return notApplicable(noWorkspace);
  if (!isSecured(firewall, index)) {
    return notApplicable(
      `The ${firewall.name} allows all networks and has no private endpoint.`,
      registryEvidence(firewall),
    );
  }
  const suitable = computes(index).filter(
    (one) => mayBuild(one, index) && stateOf(computeView(one).provisioningState) === 'good',
  );
  const names = suitable.map(({ id }) => displayName(id));
  const evidence = [
    noted(computesOf(workspace.id), names, 'computes that can build images'),
    ...registryEvidence(firewall),
  ];
  return names.length > 0
    ? pass(`The workspace has computes that can build images: ${listed(names)}.`, evidence)
    : fail('The registry cannot build images while it is secured, and the workspace has no compute cluster.', evidence);
}

/** The cluster of the article: at most four nodes, and none while idle. */
function clusterBody(workspace: Resource, size: string, subnet: string | undefined, noPublicIp: boolean): JsonObject {
  const scaleSettings = { minNodeCount: 0, maxNodeCount: 4, nodeIdleTimeBeforeScaleDown: 'PT120S' };
  return {
    location: workspaceView(workspace).location ?? '',
    properties: {
      computeType: 'AmlCompute',
      properties: {
        ...{ vmSize: size, vmPriority: 'Dedicated', scaleSettings },
        ...(subnet === undefined ? {} : { subnet: { id: subnet } }),
        ...(noPublicIp ? { enableNodePublicIp: false } : {}),
        remoteLoginPortPublicAccess: 'Disabled',
      },
    },
  };
}

/** The subnet that the answer names, or one that storage and registry share; none in a managed network. */
function placement(
  firewall: ServiceFirewall,
  context: RuleContext,
  answers: Answers,
): { readonly subnet?: string } | string {
  if (architectureFor(context.index) === 'managed-network') return {};
  const used = needs(firewall.resource.id, context);
  const wanted = answers.subnet?.trim();
  const isNamed = (id: string): boolean =>
    [id, nameOf(id), `${nameOf(vnetOf(id))}/${nameOf(id)}`].some((one) => sameId(one, wanted));
  const shared = sharedSubnets(firewall, context);
  const subnet =
    wanted === undefined ? ('outcome' in shared ? used[0] : subnetToShare(shared, context)) : used.find(isNamed);
  if (subnet !== undefined) return { subnet };
  return used.length === 0
    ? 'No compute of the workspace is in a subnet: create a cluster with az ml compute create --vnet-name and --subnet.'
    : `${quoted(wanted ?? '')} is not a compute subnet; choose one of ${listed(used.map(subnetShown))}.`;
}

const legalClusterName = /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/;

function createCluster(firewall: ServiceFirewall, context: RuleContext, answers: Answers): Proposal | string {
  const { index } = context;
  const workspace = index.workspace();
  if (!workspace) return noWorkspace;
  const [name, size] = [answers.cluster?.trim(), answers.size?.trim()];
  const askName = needSentence({ kind: 'text', name: 'cluster', what: 'NAME', suggestion: 'cpu-builder' });
  const askSize = needSentence({ kind: 'text', name: 'size', what: 'SIZE', suggestion: 'STANDARD_DS3_V2' });
  if (name === undefined) {
    return `${askName} The new cluster gets this name, and the subnet of the existing computes unless you pass --answer subnet=VNET/NAME.`;
  }
  if (!legalClusterName.test(name))
    return `${quoted(name)} is not a valid cluster name: 3 to 24 letters, digits and dashes, starting with a letter. ${askName}`;
  if (size === undefined || !/^standard_/i.test(size)) return `${askSize} It is a CPU VM size.`;
  if (/^standard_n/i.test(size))
    return `${quoted(size)} is a GPU VM size; images are built on CPU VM sizes only. ${askSize}`;
  const resource = `${computesOf(workspace.id)}/${name}`;
  if (computes(index).some(({ id }) => fold(id) === fold(resource)))
    return `A compute ${quoted(name)} already exists. ${askName}`;
  const place = placement(firewall, context, answers);
  if (typeof place === 'string') return place;
  const noPublicIp = architectureFor(index) !== 'service-endpoint';
  const where = place.subnet === undefined ? '' : ` in ${subnetShown(place.subnet)}`;
  return {
    change: { kind: 'create', resource, edits: [], body: clusterBody(workspace, size, place.subnet, noPublicIp) },
    phase: 3,
    advice: `The cluster has up to 4 nodes of ${size}, and none while idle${where === '' ? '' : `; they use addresses${where}`}.`,
  };
}

export const acrWorkspaceHasCluster = defineRule({
  id: 'acr.workspace-has-cluster',
  answers: { cluster: 'NAME', size: 'SIZE', subnet: 'VNET/NAME' },
  title: 'Workspace has a compute cluster that can build images',
  problem: 'Workspace has no compute cluster to build images',
  severity: 'high',
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  explain: {
    why: 'ACR Tasks cannot reach a registry without public access. A cluster of the workspace builds the images instead; without one, environments cannot be created.',
    fix: 'Creates a cluster with the name and VM size that you choose (--answer cluster=NAME --answer size=SIZE). Its subnet is one that storage and registry both allow, or the one that you choose (--answer subnet=VNET/NAME). Then fix acr.image-build-compute.',
    breaks: 'None. The cluster is billed while it runs. An undo deletes it, with the jobs that run on it.',
    links: [links.secureWorkspace, links.secureTraining],
  },
  fixKind: 'guided',
  subjects: registryFirewalls,
  check: hasCluster,
  fix: createCluster,
});
