// The texts of rule files as rules, each id once. Throws Failure (exit 2) that names file and line.
import type { CustomRule } from '../custom-rules/read.ts';
import type { Rule } from '../rules/rule.ts';

export interface RuleFileText {
  readonly file: string;
  readonly text: string;
}
export interface RuleFile {
  readonly file: string;
  readonly rules: readonly CustomRule[];
}

export async function ruleFilesOf(texts: readonly RuleFileText[]): Promise<RuleFile[]> {
  const [{ readRules }, { YamlTextError }, { exitStatus, Failure }, { clean }] = await Promise.all([
    import('../custom-rules/read.ts'),
    import('../yaml/read-yaml.ts'),
    import('../model/failure.ts'),
    import('../model/text.ts'),
  ]);
  const refuse = (file: string, line: number, message: string, next: string): never => {
    throw new Failure('bad-rule', exitStatus.usage, `${clean(file, 300)}:${line}: ${message}`, next, { file, line });
  };
  const ids = new Map<string, string>();
  return texts.map(({ file, text }) => {
    let rules: readonly CustomRule[] = [];
    try {
      rules = readRules(text);
    } catch (error) {
      if (!(error instanceof YamlTextError)) throw error;
      refuse(file, error.line, error.message, error.next || 'Fix the line.');
    }
    if (rules.length === 0) refuse(file, 1, 'The file contains no rule.', 'Write one, or remove the file.');
    for (const { id, line } of rules) {
      const other = ids.get(id);
      if (other !== undefined) refuse(file, line, `${id} is also in ${clean(other, 300)}.`, 'Change one of the ids.');
      ids.set(id, `${file}:${line}`);
    }
    return { file, rules };
  });
}

export async function rulesIn(texts: readonly RuleFileText[]): Promise<Rule[]> {
  const { toRule } = await import('../custom-rules/rule.ts');
  return (await ruleFilesOf(texts)).flatMap(({ file, rules }) => rules.map((rule) => toRule(rule, file)));
}
