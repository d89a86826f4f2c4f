// workspace.diagnose: what the service itself says of the workspace, where it was asked. A scan never asks: it is a POST.
import { workspaceType } from '../../kinds/workspace-view.ts';
import { fold } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { diagnosisIn, type Statement } from '../../posture/diagnosis.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import { fail, listed, notApplicable, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const says = ({ code, message, raw }: Statement): string =>
  [code, message]
    .filter((word) => word !== undefined)
    .map(quoted)
    .join(': ') || quoted(raw);

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  const asked = diagnosisIn(world);
  if (asked.state === 'refused') throw new GapRead(asked.gap);
  if (asked.state === 'not asked') {
    return notApplicable('The service was not asked for its own diagnosis: audit --diagnose does.');
  }
  if (asked.state === 'strange') {
    return unknown('The answer of the diagnosis is not in a form that can be judged.', [
      seen(asked.answer, '/value', 'the answer'),
    ]);
  }
  const { answer, statements } = asked;
  const name = shown(id);
  const evidence = statements.map(({ pointer, category }) => seen(answer, pointer, category));
  const errors = statements.filter(({ level }) => fold(level ?? '') === 'error');
  if (errors.length > 0) return fail(`The service reports for ${name}: ${listed(errors.map(says))}.`, evidence);
  const strange = statements.find(({ level }) => !['warning', 'information'].includes(fold(level ?? '')));
  if (strange)
    return unknown(`The service reports for ${name}, at no level that is documented: ${says(strange)}.`, evidence);
  return statements.length === 0
    ? pass(`The service finds nothing wrong with ${name}.`)
    : pass(`The service only warns about ${name}: ${listed(statements.map(says))}.`, evidence);
}

export const workspaceDiagnose = defineRule({
  id: 'workspace.diagnose',
  title: "The service's own diagnosis is clean",
  severity: 'info',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'The service sees what no read of Azure Resource Manager shows: custom DNS servers, effective rules, images that cannot be built.',
    fix: 'None: each statement names its own cure; the other rules speak of most of them.',
    breaks: 'Nothing.',
    links: [links.diagnose],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: judge,
});
