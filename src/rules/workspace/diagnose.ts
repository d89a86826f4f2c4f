// workspace.diagnose: what the service itself says of the workspace, where it was asked. A scan never asks: it is a POST.
import { listAt, textAt } from '../../kinds/read.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { formatPointer, memberNames, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import { fail, listed, notApplicable, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

/** The id under which a snapshot holds the answer of `POST {workspace}/diagnose` (catalogue R23). */
const diagnosisOf = (workspace: string): string => `${workspace}/diagnose`;

interface Statement {
  readonly level: string | undefined;
  readonly says: string;
  readonly evidence: Evidence;
}

/** Every statement of the answer, or undefined when it is not in the documented form. */
function statementsOf(diagnosis: Resource): Statement[] | undefined {
  const categories = valueAt(diagnosis.body, '/value');
  if (!isObject(categories)) return undefined;
  const names = memberNames(categories);
  const lists = names.map((name) => [name, `/value${formatPointer([name])}`] as const);
  if (lists.some(([, pointer]) => !isListOrNothing(valueAt(diagnosis.body, pointer)))) return undefined;
  return lists.flatMap(([category, pointer]) =>
    listAt(diagnosis.body, pointer).map((item, index) => {
      const code = textAt(item, '/code');
      const message = textAt(item, '/message');
      const words = [code, message].filter((word) => word !== undefined).map(quoted);
      return {
        level: textAt(item, '/level'),
        says: words.join(': ') || quoted(item),
        evidence: seen(diagnosis, `${pointer}/${index}`, category),
      };
    }),
  );
}
const isListOrNothing = (value: Json | undefined): boolean => value === undefined || value === null || isArray(value);

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  const asked = diagnosisOf(id);
  const found = world.peek(asked);
  if (found.state === 'gap') {
    const refused = world.snapshot.gaps.find((gap) => fold(gap.id) === fold(asked));
    if (refused) throw new GapRead(refused);
  }
  if (found.state !== 'read') {
    return notApplicable(
      'The service was not asked for its own diagnosis: an audit only reads, and asking is a write.',
    );
  }
  const statements = statementsOf(found.resource);
  if (!statements) {
    return unknown('The answer of the diagnosis is not in a form that can be judged.', [
      seen(found.resource, '/value', 'the answer'),
    ]);
  }
  const name = shown(id);
  const evidence = statements.map((statement) => statement.evidence);
  const errors = statements.filter(({ level }) => fold(level ?? '') === 'error');
  if (errors.length > 0)
    return fail(`The service reports for ${name}: ${listed(errors.map(({ says }) => says))}.`, evidence);
  const strange = statements.find(({ level }) => !['warning', 'information'].includes(fold(level ?? '')));
  if (strange)
    return unknown(`The service reports for ${name}, at no level that is documented: ${strange.says}.`, evidence);
  return statements.length === 0
    ? pass(`The service finds nothing wrong with ${name}.`)
    : pass(`The service only warns about ${name}: ${listed(statements.map(({ says }) => says))}.`, evidence);
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
