// databricks.default-subnet: the network of Databricks has the subnet named default.
import { showsSubnets, vnetView } from '../../kinds/network-view.ts';
import { needSentence } from '../../model/need.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { databricksSubjects, type Injected, injectedBehind, injectedJudged } from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { freeRange, newSubnet } from '../parts/new-subnet.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const wanted = 'default';

function judge({ network }: Injected, { world }: Judgement): Verdict {
  const found = world.get(network);
  const name = shown(network);
  if (!found) return notApplicable(`The network ${name} does not exist; databricks.workspace-subnets speaks of that.`);
  if (!showsSubnets(found)) {
    return unknown(`The answer for ${name} does not show its subnets.`, [
      seen(found, '/properties', 'no list of subnets'),
    ]);
  }
  const names = vnetView(found).subnets.map(({ id }) => shown(id));
  const evidence = [noted(network, names, 'names of its subnets')];
  return vnetView(found).subnets.some(({ id }) => sameId(nameOf(id), wanted))
    ? pass(`${name} has a subnet named ${wanted}.`, evidence)
    : fail(`${name} has no subnet named ${wanted}, which Databricks beside a workspace asks for.`, evidence);
}

function create({ network }: Injected, { world }: Judgement, answers: Answers): Proposal | string {
  const found = world.get(network);
  if (!found) return `${shown(network)} does not exist.`;
  if (vnetView(found).subnets.some(({ id }) => sameId(nameOf(id), wanted))) {
    return `${shown(network)} has a subnet named ${wanted} already.`;
  }
  const range = answers.prefix?.trim();
  if (range === undefined) {
    const free = freeRange(found, world);
    const example = free === undefined ? ' No range of its address space is known to be free.' : '';
    const need = needSentence({ kind: 'text', name: 'prefix', what: 'RANGE', suggestion: free ?? null });
    return `${need} It is a free range of ${shown(network)}.${example}`;
  }
  const risk = `Takes ${range} of the address space of ${shown(network)}; nothing is placed in it.`;
  return newSubnet({ network: found, name: wanted, range, more: {}, risk }, world);
}

export const databricksDefaultSubnet = defineRule({
  id: 'databricks.default-subnet',
  title: "The VNet's default subnet is kept",
  severity: 'medium',
  about: computeType,
  explain: {
    why: 'Microsoft’s pages ask for the subnet named default, which a network is often born with, beside the two of Databricks. They give no reason.',
    fix: 'Makes the subnet default in a free range that you name (answer prefix=RANGE); it must miss every other subnet and every range of a Kubernetes cluster.',
    breaks: 'Nothing: the subnet is empty. An undo deletes it as long as it still is.',
    links: [links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: databricksSubjects,
  check: (subject, judgement) => injectedJudged(subject, judgement, (injected) => judge(injected, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => {
      const injected = injectedBehind(compute, judgement);
      return typeof injected === 'string' ? injected : create(injected, judgement, answers);
    }),
});
