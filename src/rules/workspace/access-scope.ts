// workspace.access-scope: each access scope of `bastide.yaml` holds: what must never arrive does not, what must arrive does.

import { judgeScope } from '../../facts/path/scope.ts';
import { scopeNames } from '../../model/access-scope.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject } from '../rule.ts';

const namesIn = ({ index }: RuleContext) => scopeNames(index.snapshot.scopes ?? []);

function check({ resource, where = '' }: Subject, context: RuleContext): CheckResult {
  const { index } = context;
  const text = namesIn(context).get(where);
  if (text === undefined) return notApplicable('bastide.yaml has no such access scope.');
  const { outcome, because, witness, path, gaps } = judgeScope(text, index);
  const evidence = [
    noted(resource, text, 'access scope'),
    ...(witness === null ? [] : [noted(resource, witness, 'packet that violates it')]),
    ...(path === null ? [] : [noted(resource, path, 'command that shows its path')]),
  ];
  if (outcome === 'holds') return pass(because, evidence);
  if (outcome === 'broken') {
    const example = witness === null ? '' : ` Example: ${clean(witness, 200).replace(/\.$/, '')}.`;
    return fail(`"${clean(text, 300)}": ${clean(because, 600)}${example}`, evidence);
  }
  for (const id of gaps) {
    const seen = index.peek(id);
    if (seen.state === 'gap') throw new UnreadableError(seen.gap);
  }
  return unknown(clean(because, 600), evidence);
}

export const workspaceAccessScope = defineRule({
  id: 'workspace.access-scope',
  title: 'Access scope in bastide.yaml is met',
  problem: 'Access scope in bastide.yaml is violated',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Access scopes state which traffic is intended. If one is violated, unwanted traffic is allowed or required traffic is blocked. The evidence includes an example packet.',
    fix: 'None. Follow the packet with `bastide path`, and change the setting that allows or blocks it; `bastide prove` lists all of them.',
    links: [links.secureWorkspace],
  },
  // In files, which may hold several workspaces, a scope is about all of them.
  subjects: (context) => {
    const { source, workspace } = context.index.snapshot;
    const resource = source.kind === 'files' || workspace === null ? 'access-scopes' : workspace;
    return [...namesIn(context).keys()].map((where) => ({ resource, where }));
  },
  check,
});
