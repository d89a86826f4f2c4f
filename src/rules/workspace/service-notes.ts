// Facts from the service and its documentation: the workspace's own diagnosis, which a scan never requests because it is a
// POST, and the end of support of the tools that the 2020 article uses.

import { diagnosisIn, type Statement } from '../../facts/diagnosis.ts';
import { fold } from '../../model/resource-id.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject } from '../rule.ts';

const text = ({ code, message, raw }: Statement): string =>
  [code, message]
    .filter((word) => word !== undefined)
    .map(quoted)
    .join(': ') || quoted(raw);

function checkDiagnosis({ resource: id }: Subject, { index }: RuleContext): CheckResult {
  const diagnosis = diagnosisIn(index);
  if (diagnosis.state === 'refused') throw new UnreadableError(diagnosis.gap);
  if (diagnosis.state === 'not asked')
    return notApplicable('The diagnosis was not run. Run `bastide audit --diagnose`.');
  if (diagnosis.state === 'strange') {
    return unknown('The result of the diagnosis has an unexpected format.', [
      evidenceAt(diagnosis.answer, '/value', 'diagnosis result'),
    ]);
  }
  const { answer, statements } = diagnosis;
  const name = displayName(id);
  const evidence = statements.map(({ pointer, category }) => evidenceAt(answer, pointer, category));
  const errors = statements.filter(({ level }) => fold(level ?? '') === 'error');
  if (errors.length > 0) return fail(`The service reports errors for ${name}: ${listed(errors.map(text))}.`, evidence);
  const other = statements.find(({ level }) => !['warning', 'information'].includes(fold(level ?? '')));
  if (other) return unknown(`The service reports for ${name}, with an undocumented level: ${text(other)}.`, evidence);
  return statements.length === 0
    ? pass(`The service reports no problem for ${name}.`)
    : pass(`The service reports only warnings for ${name}: ${listed(statements.map(text))}.`, evidence);
}

export const workspaceDiagnose = defineRule({
  id: 'workspace.diagnose',
  title: 'Workspace diagnosis reports no errors',
  problem: 'Workspace diagnosis reports errors',
  severity: 'info',
  profiles: ['current'],
  explain: {
    why: 'The service sees what Azure Resource Manager does not show: custom DNS servers, effective rules, images that cannot be built.',
    fix: 'None. Each error names its own solution; the other rules cover most of them.',
    links: [links.diagnose],
  },
  subjects: workspaces,
  check: checkDiagnosis,
});

/** Calls of SDK v1 in the 2020 article, and what replaces each. */
const replacements: readonly (readonly [string, string])[] = [
  ['AmlCompute.provisioning_configuration(…)', 'az ml compute create --type AmlCompute'],
  ['AksCompute.provisioning_configuration(…)', 'az aks create, then az ml compute attach --type Kubernetes'],
  [
    "AksUpdateConfiguration(load_balancer_type='InternalLoadBalancer')",
    'az k8s-extension create --extension-type Microsoft.AzureML.Kubernetes --config internalLoadBalancerProvider=azure',
  ],
  ['AciWebservice.deploy_configuration(…)', 'az ml online-endpoint create, then az ml online-deployment create'],
  ['Dataset.File.from_files(…, validate=False)', 'az ml data create'],
];

export const workspaceToolingRetired = defineRule({
  id: 'workspace.tooling-retired',
  title: 'Python SDK v1 is replaced by SDK v2',
  problem: 'Python SDK v1 is no longer supported',
  severity: 'info',
  profiles: ['current'],
  explain: {
    why: "Microsoft's 2020 article on virtual networks uses Python SDK v1. It was deprecated on 31 March 2025, and its support ended on 30 June 2026. Existing scripts still run.",
    fix: 'None. Write new scripts for SDK v2 or the ml extension of the Azure CLI. Resources in Azure are not affected.',
    links: [links.sdkLifetime],
  },
  subjects: workspaces,
  check: ({ resource }) =>
    pass(
      "Scripts that follow Microsoft's 2020 article on virtual networks use SDK v1, whose support ended on 30 June 2026. The evidence lists the replacements.",
      replacements.map(([call, replacement]) => noted(resource, replacement, `replaces ${call}`)),
    ),
});
