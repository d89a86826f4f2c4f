// A plan as a script for PowerShell: the requests that Bastide would send, through the Az module. No native command is started, so
// that no shell takes its arguments apart again.
import { stringifyJson } from '../../model/json.ts';
import { powershellWord } from '../../model/powershell.ts';
import { nameInParent } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Requested } from '../../plan/index.ts';
import { inAscii } from './arm.ts';

import { type ExportShape, missingNotes } from './shape.ts';

const head = [
  '#Requires -Modules Az.Accounts',
  "$ErrorActionPreference = 'Stop'",
  'function Send-AzureRequest([string]$Method, [string]$Path, [string]$Payload) {',
  '  $request = @{ Method = $Method; Path = $Path }',
  "  if ($Payload -ne '') { $request.Payload = $Payload }",
  '  $answer = Invoke-AzRestMethod @request -WaitForCompletion',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of PowerShell.
  '  if ($answer.StatusCode -ge 400) { throw "$Method ${Path}: $($answer.StatusCode) $($answer.Content)" }',
  '}',
];

/** Windows PowerShell reads a script without a byte-order mark in the code page of the machine: comments are ASCII, too. */
const comment = (text: string): string =>
  `# ${clean(text, 1000)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')}`;

export const pwsh: ExportShape = {
  name: 'pwsh',
  title: 'PowerShell script for the Az module',
  speaks: 'requests',
  render({ plan, steps }) {
    const lines = steps.flatMap(({ step, request }, index) => [
      '',
      comment(`${index + 1}. ${step.change.kind} ${nameInParent(step.change.resource)}: ${step.risk}`),
      'why' in request ? comment(`Skipped: ${request.why}`) : sending(request),
    ]);
    const title = comment(`Plan ${plan.id} for ${plan.workspace ?? 'no workspace'}.`);
    return {
      text: `${[title, ...head, ...lines].join('\n')}\n`,
      notes: [
        ...missingNotes(steps),
        'The script does not check for changed settings and keeps no history; `bastide apply` does both.',
      ],
    };
  },
};

type Sent = Exclude<Requested['request'], { readonly why: string }>;

function sending({ method, id, apiVersion, query, body }: Sent): string {
  const parameters = new URLSearchParams({ 'api-version': apiVersion, ...query });
  const words = [
    method,
    `${id.split('/').map(encodeURIComponent).join('/')}?${parameters}`,
    ...(body === null ? [] : [inAscii(stringifyJson(body))]),
  ];
  return `Send-AzureRequest ${words.map(powershellWord).join(' ')}`;
}
