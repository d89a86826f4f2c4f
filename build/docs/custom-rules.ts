// The page about the operator's own rules, printed from the operators that there are, and its example, which tests run.
import { quantifiers } from '../../src/custom-rules/condition.ts';
import { operators } from '../../src/custom-rules/operators.ts';
import { ruleKeys } from '../../src/custom-rules/read.ts';
import { bullets, code, fenced, type Page, page, sentences, table } from './markdown.ts';

const example = `# Rules of an example team. \`bastide rules test docs/examples/rules\` checks the samples.
id: custom.storage-known-clients
resource: Microsoft.Storage/storageAccounts
requirement: IP rules are addresses of the company
problem: IP rule outside the company's addresses
severity: high
why: An address of another company can reach the data of the workspace.
fix: Remove the IP rule, or add the range to this rule after a review.
impact: Clients at the removed address lose access.
source: https://learn.microsoft.com/azure/storage/common/storage-network-security
when:
  path: properties.networkAcls.defaultAction
  equals: Deny
require:
  path: properties.networkAcls.ipRules[*].value
  match: every
  within: [203.0.113.0/24, 198.51.100.16/28]
samples:
  - name: an office
    outcome: pass
    body:
      properties:
        networkAcls: { defaultAction: Deny, ipRules: [{ value: 203.0.113.7 }] }
  - name: an address of another company
    outcome: fail
    body:
      properties:
        networkAcls: { defaultAction: Deny, ipRules: [{ value: 203.0.113.7 }, { value: 192.0.2.1 }] }
  - name: an open account has no use for IP rules
    outcome: notApplicable
    body:
      properties:
        networkAcls: { defaultAction: Allow }
---
id: custom.owner-tag
resource: Microsoft.Storage/storageAccounts
requirement: Tag owner names a team
problem: Tag owner is missing or names no team
severity: low
source: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
require:
  all:
    - path: tags.owner
      exists: true
    - any:
        - path: tags.owner
          matches: team-*
        - path: tags['cost center']
          in: ['4711', '4712']
samples:
  - { outcome: pass, body: { tags: { owner: team-ml } } }
  - { outcome: pass, body: { tags: { owner: ann, cost center: '4711' } } }
  - { outcome: fail, body: { tags: { owner: ann } } }
  - { outcome: fail, body: { tags: null } }
`;

export function customRulePages(): Page[] {
  const [first = ''] = example.split('---\n');
  const text = page(
    'Custom rules',
    sentences(
      'A rule file defines, in YAML, a requirement for resources of one type.',
      'Nothing in it is run: no script, no regular expression, no request.',
    ),
    fenced(first.trimEnd(), 'yaml'),
    fenced(
      [
        'bastide rules test docs/examples/rules',
        'bastide audit --demo --rules docs/examples/rules --area custom --fail-on never',
        'bastide explain custom.storage-known-clients --rules docs/examples/rules',
      ].join('\n'),
    ),
    bullets([
      '`--rules PATH` names a folder or a file; it can be repeated. Folders are read with the folders inside them: `*.yaml`, `*.yml`.',
      '`rules:` in [bastide.yaml](bastide-yaml.md) names folders beside that file or below it.',
      'A file contains one rule, or several with a line `---` between them.',
      'A mistake is named with file and line, and the command ends with exit code 2.',
      'Your rules are in every format, on the screen, in `explain` and `rules`. Their area is `custom`.',
      '`rules-off`, `severities` and `accepted` work for them as for other rules. They have no automatic fix.',
    ]),
    '## Keys',
    table(
      ['Key', 'Meaning', ''],
      ruleKeys.map(({ name, says, isRequired }) => [code(name), says, isRequired ? 'required' : '']),
    ),
    '## Conditions',
    sentences(
      'A condition is a `path` with one operator, or `all:`, `any:` (lists of conditions) or `not:` (one).',
      'A list of conditions stands for `all`.',
    ),
    table(
      ['Operator', 'True for a'],
      Object.entries(operators).map(([name, { says }]) => [code(name), says]),
    ),
    bullets([
      "A path leads into the JSON of a resource as Azure returns it: `properties.networkAcls.ipRules[0].value`, `tags['cost center']`.",
      `\`[*]\` stands for every member of a list. \`match\` says how many must fit: ${quantifiers.map(code).join(', ')}; without it every one. An absent list has no members.`,
      '`default` is the value that counts where the member is absent or null: what Azure does then.',
      'An absent member without `default` equals nothing. Names of members are compared exactly first, then in any letter case.',
      '`within` and `outside` compare addresses; `*` is every address. The addresses of a service tag are not known: the result is unknown.',
    ]),
    '## Unknown',
    sentences(
      'What could not be read is unknown, never a pass: a resource without permission, a parameter of a template without a value.',
      'So is a value of a type that the operator does not support, and a list read without `[*]`.',
      'A condition that is decided by its other parts keeps its result.',
    ),
    '## Samples',
    sentences(
      'Each sample is the `body` of a resource and the `outcome` that it must have: `pass`, `fail`, `unknown` or `notApplicable`.',
      'A rule needs one that fails and one that passes.',
      '`bastide rules test PATH` checks them; exit code is 1 if one has another outcome.',
    ),
  );
  return [
    { file: 'docs/custom-rules.md', text },
    { file: 'docs/examples/rules/storage.yaml', text: example },
  ];
}
