// databricks.workspace-subnets: the two subnets that a Databricks workspace names exist.
import { databricksPointers } from '../../kinds/databricks-workspace.ts';
import { findSubnet } from '../../kinds/network-view.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { databricksSubjects, type Injected, injectedJudged, subnetsJudged } from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const judge = (injected: Injected, { world }: Judgement): Verdict =>
  subnetsJudged(injected, (subnets) => {
    const { resource } = injected;
    const missing = subnets.filter((id) => findSubnet(world, id) === undefined);
    const evidence = [
      seen(resource, databricksPointers.host, 'the subnet of hosts'),
      seen(resource, databricksPointers.container, 'the subnet of containers'),
      ...missing.map((id) => noted(id, null, 'not there')),
    ];
    return missing.length === 0
      ? pass(`Both subnets of ${shown(resource.id)} exist.`, evidence)
      : fail(`${shown(resource.id)} names ${listed(missing.map(subnetShown))}, which does not exist.`, evidence);
  });

export const databricksWorkspaceSubnets = defineRule({
  id: 'databricks.workspace-subnets',
  title: 'The two Databricks subnets exist',
  severity: 'high',
  about: computeType,
  explain: {
    why: 'Databricks puts its hosts into one subnet and its containers into another; without either no cluster starts.',
    fix: 'None: the names were given when the Databricks workspace was made. Make the subnet that is missing under its name, delegated to Microsoft.Databricks/workspaces, or deploy Databricks anew.',
    breaks: 'Nothing.',
    links: [links.databricksNetwork],
  },
  fixKind: 'none',
  subjects: databricksSubjects,
  check: (subject, judgement) => injectedJudged(subject, judgement, (injected) => judge(injected, judgement)),
});
