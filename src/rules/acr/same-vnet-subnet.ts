// acr.same-vnet-subnet: registry, storage and computes share one subnet.
import { computeView } from '../../kinds/workspace-view.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { inPremium, registryEvidence } from '../parts/registry.ts';
import { isShared, meetAt, meetingPlace, notClosed, type Shared, sharedSubnets } from '../parts/shared-subnet.ts';
import { needs, proposalsOn, registries } from '../parts/subjects.ts';
import { fail, listed, notApplicable, pass, quoted, shown, subnetShown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall, judgement: Judgement): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  if (needs(wall.resource.id, judgement).length === 0) {
    return notApplicable('No compute sits in a subnet that needs the registry.', registryEvidence(wall));
  }
  const shared = sharedSubnets(wall, judgement);
  return 'outcome' in shared ? shared : together(shared);
}

function together(shared: Shared): Verdict {
  const { registry, account, common, builder, evidence } = shared;
  if (common.length === 0) {
    return fail(
      `No subnet of the computes is admitted by both the ${registry.name} and the ${account.name}: no node can read the build context and push the image.`,
      evidence,
    );
  }
  const where = builder && computeView(builder).subnet;
  if (builder && !isShared(shared, where)) {
    const sits = where === undefined ? 'sits in no subnet' : `sits in ${subnetShown(where)}`;
    return fail(
      `${shown(builder.id)}, which builds the images, ${sits}, and not in one that both the ${registry.name} and the ${account.name} admit.`,
      evidence,
    );
  }
  return pass(`Computes, ${account.name} and ${registry.name} share ${listed(common.map(subnetShown))}.`, evidence);
}

function mend(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  return inPremium(wall, answers, (premium) => {
    const shared = sharedSubnets(premium, judgement);
    if ('outcome' in shared) return shared.because;
    const place = meetingPlace(shared, judgement);
    if (place !== undefined) return meetAt(place, shared, judgement);
    const { builder } = shared;
    return builder
      ? `${quoted(computeView(builder).name)} builds the images and sits in no subnet: choose another cluster (acr.build-cluster-same-subnet).`
      : 'No compute sits in a subnet.';
  });
}

export const acrSameVnetSubnet = defineRule({
  id: 'acr.same-vnet-subnet',
  title: 'Registry, storage and computes share one VNet and subnet',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'Subnet rules admit one subnet each. The cluster that builds images reads from storage and pushes to the registry, so both must admit the subnet it sits in.',
    fix: 'Admits the subnet of the cluster that builds images to both, with the service endpoints it lacks. Without such a cluster: the subnet of one that could build.',
    breaks:
      'Setting up a service endpoint cuts open connections from that subnet to storage or the registry for a moment.',
    links: [links.secureWorkspace, links.registrySubnets],
  },
  fixKind: 'auto',
  undo: 'equivalent',
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
