// databricks.vnet-injected: an attached Databricks workspace runs in a network of the customer.
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import {
  type Attached,
  attachedJudged,
  databricksSubjects,
  hasOddNetwork,
  networkEvidence,
} from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { fail, pass, shown, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function judge(attached: Attached): Verdict {
  const { resource, view } = attached;
  const evidence = [networkEvidence(attached)];
  const name = shown(resource.id);
  if (hasOddNetwork(attached)) return unknown(`The network of ${name} is not in a form that can be judged.`, evidence);
  return view.network === undefined
    ? fail(
        `The Databricks workspace ${name} runs in a network of Microsoft’s, which can share nothing with yours.`,
        evidence,
      )
    : pass(`The Databricks workspace ${name} runs in ${shown(view.network)}.`, evidence);
}

export const databricksVnetInjected = defineRule({
  id: 'databricks.vnet-injected',
  title: 'The Databricks workspace runs in a customer VNet',
  severity: 'medium',
  about: computeType,
  explain: {
    why: 'Only clusters in a network of yours can reach storage that is closed to everybody else.',
    fix: 'None: deploy the Databricks workspace anew in a virtual network of yours. For some workspaces Microsoft has a way to move them, which the linked page describes.',
    breaks: 'Nothing.',
    links: [links.databricksNetwork],
  },
  fixKind: 'none',
  subjects: databricksSubjects,
  check: (subject, judgement) => attachedJudged(subject, judgement, judge),
});
