// The diagnosis of Azure Machine Learning, each statement with related findings, as lines. Pure.
import type { DiagnosisReport } from '../audit/diagnosis.ts';
import { fold } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

const marks: Readonly<Record<string, readonly [string, 'bad' | 'unknown' | 'dim']>> = {
  error: ['✗', 'bad'],
  warning: ['!', 'unknown'],
  information: ['·', 'dim'],
};
/** Findings named for one statement; the rest is counted. */
const most = 4;

export function diagnosisLines({ statements, refused }: DiagnosisReport): Line[] {
  const head = line(['Diagnosis by Azure Machine Learning', 'heading']);
  if (refused !== null) {
    const action = refused.action === '' ? '' : ` (${clean(refused.action, 120)})`;
    return [head, line(['  ? ', 'unknown'], `not available: ${clean(refused.reason, 300)}${action}`)];
  }
  if (statements.length === 0) return [head, line(['  ✓ ', 'ok'], 'No problems reported.')];
  return [
    head,
    ...statements.flatMap(({ category, code, level, message, findings }) => {
      const [mark, role] = marks[fold(level ?? '')] ?? ['?', 'unknown'];
      const rest = findings.length - most;
      const named = findings.slice(0, most).map((id) => clean(id.split('@')[0] ?? id, 80));
      const about = `${[...new Set(named)].join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
      return [
        line([`  ${mark} `, role], clean(code ?? category, 120), [`  ${clean(level ?? 'no level', 40)}`, role]),
        ...(message === null ? [] : [line(`      ${clean(message, 600)}`)]),
        ...(findings.length === 0 ? [] : [line([`      related rules: ${about}`, 'dim'])]),
      ];
    }),
  ];
}
