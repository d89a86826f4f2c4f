// Findings as SARIF 2.1.0 (OASIS), for code-scanning viewers. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import type { Accepted, Finding, Severity } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { acceptedWords, type ProjectSummary } from '../model/project-config.ts';
import { clean } from '../model/text.ts';
import { projectSentences } from './project-text.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** GitHub's `security-severity`: over 9.0 critical, 7.0 high, 4.0 medium, below that low. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '2.0',
  info: '0.0',
};

/** SARIF 2.1.0 section 3.27.9: the `kind` of each outcome. */
const kinds = { fail: 'fail', unknown: 'open', pass: 'pass', notApplicable: 'notApplicable' } as const;

/** SARIF 2.1.0 section 3.35: accepted outside the code that is scanned. */
const suppression = (accepted: Accepted): Json => ({
  kind: 'external',
  status: 'accepted',
  justification: clean(acceptedWords(accepted), 2000),
});

export function sarifLog(findings: readonly Finding[], version: string, config?: ProjectSummary): Json {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'bastide',
            semanticVersion: version,
            rules: rules.map(({ rule, title, severity, profiles }) => ({
              id: rule,
              shortDescription: { text: title },
              defaultConfiguration: { level: levels[severity] },
              properties: {
                'security-severity': scores[severity],
                tags: ['security', 'network', ...profilesWithAliases(profiles)],
              },
            })),
          },
        },
        ...(config === undefined ? {} : { properties: { config: projectSentences(config).join(' ') } }),
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.findIndex((rule) => rule.rule === finding.rule),
          kind: kinds[finding.outcome],
          // Section 3.27.10: a level other than "none" is valid with the kind "fail" only.
          level: finding.outcome === 'fail' ? levels[finding.severity] : 'none',
          message: {
            text: clean(
              finding.outcome === 'fail' ? `${finding.problem}. ${finding.because}` : finding.because,
              20_000,
            ),
          },
          locations: [
            {
              // Viewers require an artifact; the resource id serves as one.
              physicalLocation: { artifactLocation: { uri: encodeURI(finding.resource.replace(/^\//, '')) } },
              logicalLocations: [{ fullyQualifiedName: finding.resource, kind: 'resource' }],
            },
          ],
          partialFingerprints: { 'bastideFinding/v1': finding.id },
          ...(finding.accepted === undefined ? {} : { suppressions: [suppression(finding.accepted)] }),
        })),
      },
    ],
  };
}
