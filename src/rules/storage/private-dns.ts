// storage.private-dns: where the account has private endpoints, the networks that use them resolve its names privately.
import { vnetOf } from '../../kinds/network-view.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { storageType } from '../../posture/links.ts';
import { knownNeedsOf } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { accountJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { dnsProposals } from '../parts/private-link.ts';
import { endpointNetworks, namesResolve } from '../parts/private-side.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { notApplicable, pass } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** P: the networks of all who need the account. M, or without any: those that hold an endpoint of it. */
function networksOf(wall: Wall, { world }: Judgement): string[] {
  const { id } = wall.resource;
  const needing = strategyOf(id, world) === 'private-endpoint' ? knownNeedsOf(id, world).map(vnetOf) : [];
  return needing.length > 0 ? onceEach(needing) : endpointNetworks(id, world);
}
const groupsOf = (wall: Wall, { world }: Judgement): string[] => [
  ...new Set(customerEndpoints(wall.resource.id, world).flatMap(({ groups }) => groups ?? [])),
];

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (customerEndpoints(wall.resource.id, world).length === 0) {
    return notApplicable(`The ${wall.name} has no private endpoint of yours, so no name of it is private.`);
  }
  const verdict = namesResolve(wall, groupsOf(wall, judgement), networksOf(wall, judgement), world);
  return verdict.outcome === 'pass'
    ? pass(
        `Every network that uses the private endpoints of the ${wall.name} resolves its names privately.`,
        verdict.evidence,
      )
    : verdict;
}

export const storagePrivateDns = defineRule({
  id: 'storage.private-dns',
  title: 'Storage private zones linked where computes and clients are',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: storageType,
  explain: {
    why: 'An endpoint does not change the names people use: without its zone they lead to the public address, and the endpoint stands unused.',
    fix: 'Makes the private zones of the account where there are none, links them to the networks of its computes, and lets its endpoints write their names into them.',
    breaks:
      'A linked network resolves every name of that zone privately: names that have no record there, of other accounts for instance, stop resolving for it.',
    links: [links.privateDns, links.secureWorkspace],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => {
      const wall = wallOf(account, 'storage');
      const [groups, vnets] = [groupsOf(wall, judgement), networksOf(wall, judgement)];
      return dnsProposals({ target: account, groups, vnets }, judgement);
    }),
});
