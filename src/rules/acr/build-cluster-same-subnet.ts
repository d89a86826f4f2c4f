// acr.build-cluster-same-subnet: the cluster that builds images sits where storage and registry both admit it.
import { computeView } from '../../kinds/workspace-view.ts';
import { needSentence } from '../../model/need.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { builders, buildOn, chosenBuilder } from '../parts/image-build.ts';
import { links } from '../parts/links.ts';
import { inPremium } from '../parts/registry.ts';
import { isShared, meetAt, notClosed, type Shared, sharedSubnets } from '../parts/shared-subnet.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, seen, subnetShown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall, judgement: Judgement): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  if (!judgement.world.workspace()) return notApplicable('There is no workspace that would build images.');
  const shared = sharedSubnets(wall, judgement);
  if ('outcome' in shared) return shared;
  const { builder, account, registry } = shared;
  if (!builder)
    return notApplicable('No cluster that stands is set to build images; acr.image-build-compute speaks of that.');
  const { name, subnet } = computeView(builder);
  const evidence = [seen(builder, '/properties/properties/subnet', 'subnet of the cluster'), ...shared.evidence];
  const who = `${clean(name, 60)}, which builds the images,`;
  if (isShared(shared, subnet))
    return pass(`${who} sits in ${subnetShown(subnet ?? '')}, which both stores admit.`, evidence);
  return fail(
    subnet === undefined
      ? `${who} sits in no subnet, so neither the ${account.name} nor the ${registry.name} admits it.`
      : `${who} sits in ${subnetShown(subnet)}, which the ${account.name} and the ${registry.name} do not both admit.`,
    evidence,
  );
}

/** Another cluster, or this one's subnet admitted. */
function mend(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const workspace = world.workspace();
  if (!workspace) return 'There is no workspace that would build images.';
  const shared = sharedSubnets(wall, judgement);
  if ('outcome' in shared) return shared.because;
  const subnet = shared.builder && computeView(shared.builder).subnet;
  const others = builders(world).filter(
    (one) => !sameId(one.id, shared.builder?.id) && isShared(shared, computeView(one).subnet),
  );
  if (answers.cluster !== undefined) {
    const chosen = chosenBuilder(answers, others);
    if (typeof chosen === 'string') return chosen;
    const made = buildOn(workspace, chosen);
    return typeof made === 'string' ? made : [made];
  }
  if (answers.way === 'admit' && subnet !== undefined) {
    return inPremium(wall, answers, (premium) => meetAt(subnet, { ...shared, registry: premium }, judgement));
  }
  return asked(
    shared,
    others.map((one) => clean(computeView(one).name, 60)),
    subnet,
  );
}

function asked({ account, registry }: Shared, names: readonly string[], subnet: string | undefined): string {
  const other = names.map((value) => ({ name: 'cluster', value, says: 'builds instead' }));
  const admit =
    subnet === undefined
      ? []
      : [
          {
            ...{ name: 'way', value: 'admit' },
            says: `admits ${subnetShown(subnet)} to the ${account.name} and the ${registry.name}`,
          },
        ];
  const ways = [...other, ...admit];
  return ways.length === 0
    ? 'The cluster sits in no subnet, and no other that could build sits in one that both stores admit: make one (az ml compute create).'
    : needSentence({ kind: 'choice', options: ways });
}

export const acrBuildClusterSameSubnet = defineRule({
  id: 'acr.build-cluster-same-subnet',
  title: 'The build cluster is in the shared subnet',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'The cluster reads the build context from storage and pushes the image to the registry; from a subnet that one of them does not admit, every build fails.',
    fix: 'With the answer cluster=NAME: lets a cluster build that sits in an admitted subnet. With way=admit: admits the subnet of the present one to storage and registry.',
    breaks: 'Setting up a service endpoint cuts open connections from that subnet to the service for a moment.',
    links: [links.secureWorkspace, links.registrySubnets],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'acr.private-endpoint',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
