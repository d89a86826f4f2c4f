// databricks.no-private-endpoint-path: Databricks does not come through a private endpoint of the workspace; nothing to look for.
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { type Attached, attachedJudged, databricksSubjects, networkEvidence } from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { pass, shown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const judge = (attached: Attached): Verdict =>
  pass(
    `${shown(attached.resource.id)} is not reached through a private endpoint, and none has to be looked for: its clusters sit in the network themselves.`,
    [networkEvidence(attached)],
  );

export const databricksNoPrivateEndpointPath = defineRule({
  id: 'databricks.no-private-endpoint-path',
  title: 'Databricks does not talk to the VNet through a private endpoint',
  severity: 'info',
  profiles: ['current'],
  about: computeType,
  explain: {
    why: 'People look for the private endpoint by which Databricks reaches the network. There is none: it is injected into the network, or it is not in it.',
    fix: 'None is needed.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.databricksNetwork],
  },
  fixKind: 'none',
  subjects: databricksSubjects,
  check: (subject, judgement) => attachedJudged(subject, judgement, judge),
});
