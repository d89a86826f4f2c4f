// Do an account and the training computes share a virtual network (`storage.same-vnet-as-compute` and its Gen2 twin)?
import { vnetOf } from '../../kinds/network-view.ts';
import { type Need, needSentence } from '../../model/need.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, reachedPrivately } from '../../posture/endpoints.ts';
import { subnetUses, unreadUses } from '../../posture/needs.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';
import { subnetsPointer, unclear, unreadableOf, type Wall } from './firewall.ts';
import { admitSubnet, inTurn } from './proposals.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, unknown } from './verdict.ts';

const training = ({ world }: Judgement): string[] =>
  subnetUses(world).flatMap(({ role, subnet }) => (role === 'training' ? [subnet] : []));

/** Networks of the training computes that are not among the account's. Throws GapRead where an endpoint decides and is unread. */
function strangers(wall: Wall, judgement: Judgement): string[] {
  const networks = new Map(training(judgement).map((subnet) => [fold(vnetOf(subnet)), vnetOf(subnet)]));
  const own = wall.acls.subnetRules.map(({ id }) => vnetOf(id));
  return [...networks.values()].filter(
    (vnet) => !own.some((id) => sameId(id, vnet)) && !reachedPrivately(wall.resource.id, vnet, judgement.world),
  );
}

export function sharesNetwork(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  const { name, resource } = wall;
  const computes = training(judgement);
  const [unread] = unreadUses(world).filter(({ role }) => role === 'training');
  if (computes.length === 0) {
    if (unread) throw new GapRead(unread.gap);
    return notApplicable('No training compute sits in a virtual network.');
  }
  const bare = wall.acls.subnetRules.length === 0 && customerEndpoints(resource.id, world).length === 0;
  if (bare && wall.door !== 'closed') {
    return (
      unclear(wall) ??
      notApplicable(`The ${name} is open and tied to no network: it has neither subnet rules nor endpoints.`)
    );
  }
  const missing = strangers(wall, judgement);
  const evidence = [
    seen(resource, subnetsPointer, 'the networks the account is tied to'),
    noted(
      resource.id,
      [...new Set(computes.map((subnet) => fold(vnetOf(subnet))))],
      'the networks of the training computes',
    ),
  ];
  if (missing.length > 0) {
    const odd = unreadableOf(wall, subnetsPointer);
    return odd === undefined && wall.rules !== 'hidden' && wall.rules !== 'malformed'
      ? fail(`Training computes sit in ${listed(missing.map(shown))}, which the ${name} is not tied to.`, evidence)
      : unknown(`The subnet rules of the ${name} cannot be understood.`, evidence);
  }
  if (unread) throw new GapRead(unread.gap);
  return pass(`The ${name} is tied to every network the training computes sit in.`, evidence);
}

const choices: Need = {
  kind: 'choice',
  options: [
    { name: 'way', value: 'admit', says: 'add the computes’ subnets to the account' },
    { name: 'way', value: 'recreate', says: 'make the computes anew in the account’s network' },
  ],
};

/** Guided: the operator says which of the two moves. */
export function bringTogether(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  if (answers.way === 'recreate') {
    return 'Computes are not moved: a subnet is chosen when a compute is made. Make it anew with az ml compute create --vnet-name and --subnet, then delete the old one.';
  }
  if (answers.way !== 'admit') return needSentence(choices);
  if (strategyOf(wall.resource.id, judgement.world) !== 'service-endpoint') {
    return `The ${wall.name} is reached by private endpoints; give it one in the computes’ network instead of a subnet rule.`;
  }
  const missing = strangers(wall, judgement);
  const subnets = training(judgement).filter((subnet) => missing.some((vnet) => sameId(vnet, vnetOf(subnet))));
  return inTurn(
    wall,
    subnets.map((subnet) => (here: Wall) => admitSubnet(here, subnet, judgement)),
  );
}
