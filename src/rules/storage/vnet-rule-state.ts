// storage.vnet-rule-state: the subnet rules that are listed are alive.
import { findSubnet } from '../../kinds/network-view.ts';
import { removeFrom } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { accountJudged, subnetsPointer, unreadableOf, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { inTurn, serviceEndpoint, subnetKey, subnetRuleProposal, wallProposal } from '../parts/proposals.ts';
import { accountIds, proposalsOn } from '../parts/subjects.ts';
import { storageServiceFor } from '../parts/subnet-endpoints.ts';
import { fail, notApplicable, pass, quoted, seen, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';

const dead = ['networksourcedeleted', 'failed', 'deprovisioning'];

function subjects(judgement: Judgement): Subject[] {
  return accountIds(judgement).flatMap((resource): Subject[] => {
    const seen = judgement.world.peek(resource);
    const rules = seen.state === 'read' ? wallOf(seen.resource, 'storage').acls.subnetRules : [];
    const named = rules.filter((rule, index) => rules.findIndex((other) => sameId(other.id, rule.id)) === index);
    return named.length === 0 ? [{ resource }] : named.map(({ id }) => ({ resource, where: id }));
  });
}

function judge(wall: Wall, where: string | undefined, { world }: Judgement): Verdict {
  const { resource, name } = wall;
  if (where === undefined) {
    const odd = unreadableOf(wall, subnetsPointer);
    return odd === undefined && wall.rules !== 'malformed'
      ? notApplicable(`The ${name} has no subnet rules.`)
      : unknown(`The subnet rules of the ${name} cannot be understood.`, [
          seen(resource, subnetsPointer, 'not understood'),
        ]);
  }
  const rules = wall.acls.subnetRules.filter((rule) => sameId(rule.id, where));
  const rule = rules.find(({ state }) => state !== undefined && fold(state) !== 'succeeded') ?? rules[0];
  if (!rule) return notApplicable(`The ${name} has no rule for ${subnetShown(where)}.`);
  const evidence = [seen(resource, rule.pointer, 'subnet rule')];
  if (rule.state !== undefined && dead.includes(fold(rule.state))) {
    return fail(
      `The rule of the ${name} for ${subnetShown(where)} is dead (state ${quoted(rule.state)}): it looks like access and grants none.`,
      evidence,
    );
  }
  if (!findSubnet(world, where)) {
    return fail(`The rule of the ${name} names ${subnetShown(where)}, which does not exist.`, evidence);
  }
  const raw = valueAt(resource.body, `${rule.pointer}/state`);
  if (raw !== undefined && raw !== null && (rule.state === undefined || fold(rule.state) !== 'succeeded')) {
    return unknown(`The rule of the ${name} for ${subnetShown(where)} is in state ${quoted(raw)}.`, evidence);
  }
  return pass(`The rule of the ${name} for ${subnetShown(where)} is alive.`, evidence);
}

/**
 * Takes the dead rule out; where the subnet stands again, a fresh rule goes in by a later call, for the old one stays dead.
 * A plan asks again once the first call is made: then only the second is left.
 */
function mend(wall: Wall, where: string, { world }: Judgement): Proposal[] | string {
  const rules = wall.acls.subnetRules.filter((rule) => sameId(rule.id, where));
  if (rules.length > 1) {
    return `The ${wall.name} lists ${subnetShown(where)} more than once; take the duplicates out by hand.`;
  }
  const raw = rules.map((rule) => valueAt(wall.resource.body, rule.pointer)).find((found) => found !== undefined);
  const subnet = findSubnet(world, where);
  const takeOut = (here: Wall) =>
    raw === undefined
      ? []
      : wallProposal(here, subnet ? 1 : 2, (body) => [removeFrom(body, subnetsPointer, raw, subnetKey)], risk);
  if (!subnet) return inTurn(wall, [takeOut]);
  const { location } = wall.view;
  const endpoint = serviceEndpoint(subnet, storageServiceFor(world, where, location), location);
  if (typeof endpoint === 'string') return endpoint;
  return inTurn(wall, [
    takeOut,
    () => endpoint,
    (here) => subnetRuleProposal(here, { id: subnet.id, action: 'Allow' }),
  ]);
}
const risk = 'Takes out a rule that grants nothing; a rule for a subnet that is gone cannot be put back.';

export const storageVnetRuleState = defineRule({
  id: 'storage.vnet-rule-state',
  title: 'Listed subnet rules are alive',
  severity: 'medium',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'A rule whose subnet was deleted stays in the list and grants nothing, even when a subnet of the same name is made again.',
    fix: 'Takes the dead rule out and, where the subnet exists again, adds a fresh one.',
    breaks:
      'Nothing that worked. An undo cannot bring back a rule for a subnet that is gone, because Azure refuses it.',
    links: [links.storageLimits, links.storageSubnets],
  },
  fixKind: 'auto',
  undo: 'partial',
  subjects,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) => judge(wall, subject.where, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) =>
      finding.where === null
        ? 'The finding names no rule.'
        : mend(wallOf(account, 'storage'), finding.where, judgement),
    ),
});
