// `explain`: the rules there are, or one of them in full: the risk, what the fix does, what it may break.
import * as z from 'zod/mini';
import { defineCommand, type RuleEntry } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nearest } from '../src/command/nearest.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Severity } from '../src/model/finding.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { asJson, shapeOf } from './parts/json.ts';

interface Brief {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly profiles: readonly string[];
  /** The ARM type the rule is about. */
  readonly kind: string;
  readonly fix: { readonly kind: RuleEntry['fixKind']; readonly undo: RuleEntry['undo'] };
}
interface Full extends Brief {
  readonly for: readonly string[];
  readonly gates: readonly string[];
  readonly explain: RuleEntry['explain'];
}

const brief = ({ id, title, severity, profiles, about, fixKind, undo }: RuleEntry): Brief => ({
  id,
  title,
  severity,
  profiles,
  kind: about,
  fix: { kind: fixKind, undo },
});

export const explain = defineCommand({
  name: 'explain',
  summary: 'list the rules, or explain one: the risk, the fix, what it may break',
  args: z.object({ rule: flag(z.optional(z.string()), 'a rule, or a finding of it', { value: 'RULE', of: 'rule' }) }),
  positional: ['rule'],
  effect: 'read',
  examples: [
    { line: 'explain', says: 'every rule' },
    { line: 'explain storage.default-action-deny', says: 'one rule in full' },
  ],
  async *run(context, { rule }) {
    if (rule === undefined) return asJson({ rules: context.rules.map(brief) });
    const id = rule.split('@')[0] ?? rule;
    const found = context.rules.find((entry) => entry.id === id);
    if (found)
      return asJson({ ...brief(found), for: found.for, gates: found.gates, explain: found.explain } satisfies Full);
    const near = nearest(
      id,
      context.rules.map((entry) => entry.id),
    );
    throw new Failure(
      'unknown-rule',
      exitStatus.usage,
      `There is no rule ${clean(id, 80)}.`,
      near === undefined ? 'Run `bastide explain` for the list.' : `Did you mean ${near}?`,
    );
  },
  text(result) {
    if (typeof result === 'object' && result !== null && 'rules' in result) {
      const { rules } = shapeOf<{ rules: readonly Brief[] }>(result);
      return rules.map((rule) =>
        line([rule.severity.padEnd(9), rule.severity], [rule.id.padEnd(40), 'accent'], rule.title, [
          `  ${rule.fix.kind}`,
          'dim',
        ]),
      );
    }
    const rule = shapeOf<Full>(result);
    return [
      line([rule.title, 'heading']),
      line(
        [`${rule.id}  `, 'accent'],
        [rule.severity, rule.severity],
        [`  ${rule.profiles.join(', ')}  ${rule.for.join(', ')}`, 'dim'],
      ),
      [],
      line(['Why       ', 'heading'], rule.explain.why),
      line(['The fix   ', 'heading'], `${rule.explain.fix} (${rule.fix.kind}, undo ${rule.fix.undo})`),
      line(['May break ', 'heading'], rule.explain.breaks),
      ...(rule.gates.length === 0 ? [] : [line(['Needs     ', 'heading'], rule.gates.join(', '))]),
      ...rule.explain.links.map((link) => line(['          ', 'dim'], [link, 'link'])),
    ];
  },
});
