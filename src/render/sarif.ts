// Failing findings as SARIF 2.1.0 (OASIS), for code-scanning viewers. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import type { Accepted, Finding, Severity } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { acceptedWords, type ProjectSummary } from '../model/project-config.ts';
import { nameOf } from '../model/resource-id.ts';
import type { RuleEntry } from '../model/rule-entry.ts';
import { failedReads } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';
import { type AuditResult, type AuditSelection, scopeSentences } from './audit-result.ts';
import { projectSentences } from './project-text.ts';

export interface SarifInput {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly snapshot: Pick<AuditResult['snapshot'], 'takenAt' | 'workspace' | 'source' | 'gaps'>;
  readonly config?: ProjectSummary | undefined;
  readonly profile?: AuditResult['profile'];
  readonly selection?: AuditResult['selection'];
  /** What its results do not tell, one or more sentences each. */
  readonly notes?: readonly string[];
}
interface SarifAbout {
  readonly version: string;
  readonly rules: readonly RuleEntry[];
}

/** GitHub shows the 5,000 gravest results of a run. */
const mostResults = 5000;

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

export function sarifLog(
  { findings, snapshot, config, profile = 'all', selection, notes = [] }: SarifInput,
  { version, rules }: SarifAbout,
): Json {
  const failing = findings.filter(({ outcome }) => outcome === 'fail');
  const order = new Map(rules.map(({ id }, at) => [id, at]));
  // Viewers replace what an earlier run of the same name said: one of some checks does not close what another has opened.
  const narrowed = scopeSentences({ profile, selection }).join(' ');
  const part = selection === undefined ? profile : selectionName(selection, profile);
  const { workspace, source } = snapshot;
  const scope = workspace === null || source.kind === 'files' ? clean(source.name, 400) : clean(nameOf(workspace), 200);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'bastide',
            semanticVersion: version,
            rules: rules.map(ruleDescriptor),
          },
        },
        automationDetails: { id: `bastide/${uriPath(scope)}/${narrowed === '' ? '' : `${uriPath(part)}/`}` },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: snapshot.takenAt,
            toolExecutionNotifications: [
              ...notifications(failing.length, failedReads(snapshot.gaps)),
              ...notes.map((text) => ({ level: 'note', message: { text: messageText(text) } })),
            ],
          },
        ],
        ...(config === undefined && narrowed === ''
          ? {}
          : {
              properties: {
                ...(config === undefined ? {} : { config: projectSentences(config).join(' ') }),
                ...(narrowed === '' ? {} : { scope: narrowed }),
              },
            }),
        results: failing.slice(0, mostResults).map((finding) => resultOf(finding, order.get(finding.rule))),
      },
    ],
  };
}

/** The same for each run of one selection: without its numbers and times. */
function selectionName({ rules, skipRules, areas, resources, against }: AuditSelection, profile: string): string {
  const words = [profile, ...rules, ...skipRules.map((one) => `-${one}`), ...areas, ...resources, against?.kind ?? ''];
  return clean(words.filter((one) => one !== '').join(' '), 400);
}

function ruleDescriptor({ id, title, problem, severity, profiles, explain }: RuleEntry): JsonObject {
  const { why, fix, breaks, links } = explain;
  const [helpUri] = links;
  const sources = links.length === 0 ? '' : `\n\n**Sources:** ${links.map((link) => `<${link}>`).join(', ')}.`;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${problem}. ${why}` },
    help: {
      text: `${why}\n\nFix:\n${fix}\n\nImpact:\n${breaks}`,
      markdown: `${why}\n\n**Fix:** ${fix}\n\n**Impact:** ${breaks}${sources}`,
    },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      'security-severity': scores[severity],
      precision: 'high',
      tags: ['security', 'network', ...profilesWithAliases(profiles)],
    },
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined): JsonObject {
  const { rule, severity, problem, because, resource, id, accepted, rollUp, outcome } = finding;
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    kind: outcome,
    level: levels[severity],
    message: { text: messageText(`${problem}. ${because}`) },
    locations: [
      {
        physicalLocation: placeOf(finding),
        logicalLocations: [{ fullyQualifiedName: clean(resource, 2000), kind: 'resource' }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${fingerprint(id)}:1`, 'bastideFinding/v1': id },
    ...(rollUp === true ? { properties: { rollUp } } : {}),
    ...(accepted === undefined ? {} : { suppressions: [suppression(accepted)] }),
  };
}

/** SARIF 2.1.0 section 3.11.6: `[text](target)` is a link in plain text too, and foreign text is none. */
const messageText = (text: string): string => clean(text, 20_000).replaceAll('](', '] (');

/** Where it is in a file. Viewers require an artifact: elsewhere the id of the resource serves as one. */
function placeOf({ resource, location }: Finding): JsonObject {
  if (location == null) {
    return { artifactLocation: { uri: uriPath(clean(resource, 2000)) }, region: { startLine: 1 } };
  }
  const { file, line, column } = location;
  return { artifactLocation: { uri: fileUri(file) }, region: { startLine: line, startColumn: column } };
}

/** A relative reference, or an absolute `file:` URI; backslashes are those of Windows. */
function fileUri(file: string): string {
  const path = clean(file, 4000).replaceAll('\\', '/').replace(/^\.\//, '');
  if (/^[a-z]:\//i.test(path)) return `file:///${path.slice(0, 2)}/${uriPath(path.slice(3))}`;
  return path.startsWith('/') ? `file:///${uriPath(path)}` : uriPath(path);
}
const uriPath = (path: string): string => path.replace(/^\//, '').split('/').map(encodeURIComponent).join('/');

/** SARIF 2.1.0 section 3.35: accepted outside the code that is scanned. */
const suppression = (accepted: Accepted): Json => ({
  kind: 'external',
  status: 'accepted',
  justification: clean(acceptedWords(accepted), 2000),
});

/** What limits the log: results that are cut off, and what could not be read. */
function notifications(results: number, gaps: SarifInput['snapshot']['gaps']): Json[] {
  const cut =
    results > mostResults
      ? [
          `The log contains the first ${mostResults} of ${results} failing findings. Use --format json, csv or html for all of them.`,
        ]
      : [];
  const told = gaps.slice(0, 100).map(({ id, reason }) => `Not accessible: ${id}: ${reason}`);
  const more = gaps.length > told.length ? [`Not accessible: ${counted(gaps.length - told.length, 'more read')}.`] : [];
  return [...cut, ...told, ...more].map((text) => ({ level: 'warning', message: { text: messageText(text) } }));
}

const prime = 0x100_0000_01b3n;
const basis = 0xcbf2_9ce4_8422_2325n;

/** A short name for a long text, the same on every machine: 64-bit FNV-1a over UTF-16, as 16 hexadecimal digits. No secret depends on it. */
function fingerprint(text: string): string {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * prime);
  }
  return hash.toString(16).padStart(16, '0');
}
