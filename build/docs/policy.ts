// The page about `export --as policy`, printed from the table that decides what is held, and from the definitions.
import { aliases, builtIns, customs, policyTable } from '../../src/policy/index.ts';
import { bullets, code, fenced, type Page, page, sentences, table } from './markdown.ts';

export function policyPages(): Page[] {
  const rows = Object.entries(policyTable);
  const held = rows.flatMap(([id, row]) => (typeof row === 'string' ? [] : [id]));
  const text = page(
    'Keep it fixed: Azure Policy',
    sentences(
      '`bastide export --as policy` writes Azure Policy assignments that keep fixes in place.',
      'They use a built-in definition where one has the same effect, and custom definitions otherwise.',
      'Each assignment is for one resource: it does not affect others in the resource group.',
    ),
    fenced(
      [
        'bastide export --as policy --output policy.json          # what passes, and what fix --all would fix',
        'bastide export plan.json --as policy                     # what a plan fixes',
        'bastide export --entry ENTRY --as policy                 # what an entry of the history fixed',
        'bastide export storage.default-action-deny --as policy --effect Deny',
        'bastide export --as policy-az --output policy.sh         # the same as Azure CLI commands',
      ].join('\n'),
    ),
    '## The document',
    table(
      ['Member', 'Meaning'],
      [
        [code('digest'), 'SHA-256 over the bodies: the same text for the same policies'],
        [code('definitions'), 'custom definitions, to be created first, in the subscription of the resource'],
        [code('assignments'), 'assignments; `body` is what a PUT at `id` with `apiVersion` takes as it is'],
        [
          code('held'),
          'each finding that an assignment keeps fixed, its assignments, and in `limits` what they do not check',
        ],
        [code('notExpressed'), 'each finding that no policy can express, and why'],
      ],
    ),
    sentences(
      'With `--format json` the same lists are in `policy`.',
      'Bastide sends none of it.',
      'The custom definitions need the role Resource Policy Contributor on the subscription.',
    ),
    '## Effects',
    bullets([
      '`Audit` (default): Azure reports a resource as non-compliant, up to a day later. No write is refused.',
      '`Deny` (`--effect Deny`): Azure refuses writes by anyone that would reverse the fix.',
      'A finding that still fails gets Audit instead: Deny would refuse every write to its resource, even unrelated ones.',
      'Deny never stops a deletion.',
    ]),
    sentences(
      'Once a policy is in place, the what-if of a plan that the policy would refuse says so and names the policy',
      '(`what-if`, `fix FINDING --what-if`, `undo --what-if`). An apply stops at the refusal of Azure.',
    ),
    '## What Policy can keep fixed',
    bullets(held.map((id) => `[${code(id)}](rules/${id}.md)`)),
    '## What Policy cannot express',
    table(
      ['Rule', 'Why'],
      rows.flatMap(([id, row]) => (typeof row === 'string' ? [[`[${code(id)}](rules/${id}.md)`, row]] : [])),
    ),
    'A finding of a rule above cannot be expressed if it passes for another reason; `notExpressed` says so.',
    '## Built-in definitions',
    'Read in Azure/azure-policy at commit f4a50bacae07 (2026-04-29), for the public cloud.',
    table(
      ['Definition', 'ID', 'Version', 'Effects', 'In part'],
      Object.values(builtIns).map(({ displayName, name, version, effects, audit, limit = '' }) => [
        displayName,
        code(name),
        version,
        effects.map((effect) => (effect === 'Audit' ? (audit ?? effect) : effect)).join(', '),
        limit,
      ]),
    ),
    '## Custom definitions',
    table(
      ['Definition', 'Holds', 'In part'],
      Object.values(customs).map(({ name, description, limit = '' }) => [code(name), description, limit]),
    ),
    '## Aliases',
    sentences(
      'A custom definition names settings by aliases. Each is in a published definition or list, read on 2026-11-28:',
      'Azure/azure-policy (above), Azure/Community-Policy at dd8c58d0ab18 (2026-06-22), Azure/Enterprise-Scale at dbd9bd216948',
      "(2026-08-19), the Cloud Adoption Framework, and a list of aliases of 2019 (the output of Azure's own command for them).",
    ),
    table(
      ['Alias', 'Source'],
      [...aliases].map(([alias, source]) => [code(alias), source]),
    ),
  );
  return [{ file: 'docs/policy.md', text }];
}
