// acr.image-build-compute: a cluster is set to build images, since a closed registry cannot.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { stateOf } from '../parts/firewall-verdicts.ts';
import {
  builderName,
  builderOf,
  builderPointer,
  builders,
  buildOn,
  chosenBuilder,
  mayBuild,
} from '../parts/image-build.ts';
import { links } from '../parts/links.ts';
import { isShared, notClosed, sharedSubnets } from '../parts/shared-subnet.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import { isOdd, oddVerdict } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall, judgement: Judgement): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  const workspace = judgement.world.workspace();
  if (!workspace) return notApplicable('There is no workspace that would build images.');
  if (isOdd(workspace, builderPointer, 'string')) return oddVerdict(workspace, builderPointer, 'image build compute');
  const set = seen(workspace, builderPointer, 'the compute that builds images');
  const name = builderName(workspace);
  if (name === undefined) {
    return fail(`The ${wall.name} is closed, so it cannot build images itself, and no cluster is set to do it.`, [set]);
  }
  const compute = builderOf(workspace, judgement.world);
  return compute
    ? judgeCompute(compute, set, judgement)
    : fail(`${quoted(name)} is set to build images, and the workspace has no such compute.`, [set]);
}

function judgeCompute(compute: Resource, set: ReturnType<typeof seen>, { world }: Judgement): Verdict {
  const { name: raw, computeType, provisioningState, maxNodeCount } = computeView(compute);
  const name = clean(raw, 60);
  const evidence = [
    set,
    seen(compute, '/properties/computeType', 'type'),
    seen(compute, '/properties/provisioningState', 'state'),
    seen(compute, '/properties/properties/scaleSettings/maxNodeCount', 'largest number of nodes'),
  ];
  if (!mayBuild(compute, world)) {
    return fail(
      `${name} is set to build images and is ${quoted(computeType ?? 'of no type')}: only a cluster builds.`,
      evidence,
    );
  }
  const state = stateOf(provisioningState);
  if (state === 'bad')
    return fail(`${name} is set to build images and is ${quoted(provisioningState ?? '')}.`, evidence);
  if (state === 'passing') return unknown(`${name}, set to build images, is still being changed.`, evidence);
  if (computeType === 'AmlCompute' && maxNodeCount === undefined) {
    return unknown(`How many nodes ${name} may start is not shown.`, evidence);
  }
  return computeType === 'AmlCompute' && (maxNodeCount ?? 0) < 1
    ? fail(`${name} is set to build images and may start no node.`, evidence)
    : pass(`${name} builds the images.`, evidence);
}

/** A cluster in a subnet that both stores admit goes first; the answer decides where it names one. */
function mend(wall: Wall, judgement: Judgement, answers: Answers): Proposal | string {
  const { world } = judgement;
  const workspace = world.workspace();
  if (!workspace) return 'There is no workspace that would build images.';
  const shared = sharedSubnets(wall, judgement);
  const chosen = chosenBuilder(
    answers,
    builders(world),
    (compute) => !('outcome' in shared) && isShared(shared, computeView(compute).subnet),
  );
  return typeof chosen === 'string' ? chosen : buildOn(workspace, chosen);
}

export const acrImageBuildCompute = defineRule({
  id: 'acr.image-build-compute',
  title: 'A cluster is configured to build images',
  severity: 'critical',
  about: registryType,
  explain: {
    why: 'A closed registry lets its own build service in as little as anybody else, so environments are built on a cluster of the workspace, or not at all (ImageBuildComputeNotValid).',
    fix: 'Sets a CPU cluster of the workspace to build images: one in a subnet that storage and registry both admit where there is one, or the one you name (answer cluster=NAME).',
    breaks: 'Nothing stops working; nodes of that cluster start for every new environment and are billed.',
    links: [links.secureWorkspace],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
