// compute.subnet-not-delegated: no service holds the subnet of a training compute.
import { findSubnet, subnetType, subnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, EditConflict, removeFrom } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { placeJudged } from '../parts/places.ts';
import { editsInTurn } from '../parts/proposals.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { trainingSubjects } from '../parts/training.ts';
import { fail, listed, notApplicable, pass, seen, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

const pointer = '/properties/delegations';
const key = { member: 'name', fold: true };
const containerGroups = 'microsoft.containerinstance/containergroups';

function judge(id: string, { world }: Judgement): Verdict {
  const subnet = findSubnet(world, id);
  const name = subnetShown(id);
  if (!subnet) return notApplicable(`The subnet ${name} does not exist; workspace.network-preexists speaks of that.`);
  const evidence = [seen(subnet, pointer, 'delegations')];
  const all = listAt(subnet.body, pointer);
  const named = subnetView(subnet).delegations.map((service) => clean(service, 120));
  if (named.length > 0)
    return fail(`The subnet ${name} is delegated to ${listed(named)}, which refuses nodes.`, evidence);
  return isOdd(subnet, pointer, 'list') || all.length > 0
    ? unknown(`The delegations of ${name} are not in a form that can be judged.`, evidence)
    : pass(`The subnet ${name} is not delegated.`, evidence);
}

/** Azure takes a delegation out only while nothing sits in the subnet and the service has left it. */
function release(subnet: Resource, { world }: Judgement): Proposal | string {
  const name = subnetShown(subnet.id);
  const links = listAt(subnet.body, '/properties/serviceAssociationLinks').length;
  const uses = listAt(subnet.body, '/properties/ipConfigurations').length;
  if (links + uses > 0) {
    return `The subnet ${name} is in use (${uses} addresses taken, ${links} services bound to it), so its delegation cannot be taken out: make the compute anew in another subnet.`;
  }
  const { delegations } = subnetView(subnet);
  if (delegations.some((one) => fold(one) === containerGroups) && world.snapshot.intents.usesAci !== false) {
    return `The subnet ${name} is delegated to container instances, and you have not said that you do not use them: make the compute anew in another subnet, or answer bastide intent usesAci false.`;
  }
  try {
    const all = listAt(subnet.body, pointer);
    const edits = editsInTurn(
      subnet.body,
      all.map((item) => (body) => [removeFrom(body, pointer, item, key)]),
    );
    applyEdits(subnet.body, edits);
    const risk = `Whatever was to be placed in ${name} by ${listed(delegations.map((one) => clean(one, 120)))} no longer can be.`;
    return { change: editChange(subnet.id, edits), phase: 1, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The delegations of ${name} are not in a form that can be edited.`;
    throw error;
  }
}

export const computeSubnetNotDelegated = defineRule({
  id: 'compute.subnet-not-delegated',
  title: 'Compute subnet is not delegated',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A subnet that is delegated to a service takes nothing else: the cluster stays at zero nodes.',
    fix: 'Takes the delegations out of the subnet, while nothing sits in it and no service is bound to it; else the compute has to be made anew in another subnet.',
    breaks:
      'The service it was delegated to can place nothing there any more. An undo delegates it again, as long as it is empty.',
    links: [links.secureTraining, links.delegation],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'workspace.managed-network-provisioned',
  subjects: (judgement) => trainingSubjects(judgement),
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (subnet) => release(subnet, judgement)),
});
