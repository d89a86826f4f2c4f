// Completion for PowerShell, from version 5.1 on: one block that finds the command, and describes what may follow.
import { powershellWord } from '../../src/model/powershell.ts';
import { type CompletionSource, type FlagWords, type ShellWords, valuedFlags } from './completion-words.ts';

export function pwshScript(words: ShellWords): string {
  const { verbs, shared } = words;
  const own = verbs.filter(({ flags }) => flags.length > 0);
  const placed = verbs.filter(({ places }) => places.length > 0);
  return `# PowerShell completion for bastide; in your profile: bastide completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName bastide -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  function flag($name, $says, $takes) { [pscustomobject]@{ name = $name; says = $says; takes = $takes } }
  $commands = @(
${verbs.map(({ name, says }) => `    flag ${powershellWord(name)} ${powershellWord(says)}`).join('\n')}
  )
  $shared = @(
${shared.map(flagLine).join('\n')}
  )
  $own = @{
${own.map(({ name, flags }) => `    ${powershellWord(name)} = @(\n${flags.map((one) => `  ${flagLine(one)}`).join('\n')}\n    )`).join('\n')}
  }
  # What each argument takes; the last one is repeated where a command takes many.
  $places = @{
${placed.map(({ name, places }) => `    ${powershellWord(name)} = @(${places.map((taken) => `, ${list(taken)}`).join('; ')})`).join('\n')}
  }
  $many = @(${placed
    .filter(({ rest }) => rest)
    .map(({ name }) => powershellWord(name))
    .join(', ')})
  $valued = @(${valuedFlags(words).map(powershellWord).join(', ')})
  $verb = ''
  $flag = ''
  $place = -1
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
  foreach ($word in @($before | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })) {
    if ($flag -ne '') { $flag = '' }
    elseif ($valued -ccontains $word) { $flag = $word }
    elseif (-not $word.StartsWith('-')) {
      if ($verb -eq '') { $verb = $word }
      $place += 1
    }
  }
  $typed = $wordToComplete
  $start = ''
  if ($flag -eq '' -and $typed -match '^(--[^=]+)=') {
    $flag = $Matches[1]
    $start = $Matches[0]
    $typed = $typed.Substring($start.Length)
  }
  $flags = @($shared)
  if ($own.ContainsKey($verb)) { $flags = @($own[$verb]) + $flags }
  $offers = @()
  if ($flag -ne '') {
    $known = $flags | Where-Object { $_.name -ceq $flag } | Select-Object -First 1
    if ($null -ne $known) { $offers = @($known.takes | ForEach-Object { flag $_ $_ }) }
  }
  elseif ($typed.StartsWith('-')) { $offers = $flags }
  elseif ($verb -eq '') { $offers = $commands }
  elseif ($places.ContainsKey($verb)) {
    $all = $places[$verb]
    $at = $place
    if ($many -ccontains $verb) { $at = [Math]::Min($place, $all.Count - 1) }
    if ($at -lt $all.Count) { $offers = @($all[$at] | ForEach-Object { flag $_ $_ }) }
  }
  # Where nothing is offered, PowerShell offers files.
  $offers | Where-Object { $_.name -and $_.name.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($start + $_.name, $_.name, 'ParameterValue', $_.says)
  }
}
`;
}

const list = (taken: CompletionSource | null): string =>
  taken === null || typeof taken === 'string' ? '@()' : `@(${taken.map(powershellWord).join(', ')})`;

const flagLine = ({ name, says, takes }: FlagWords): string =>
  `    flag ${powershellWord(`--${name}`)} ${powershellWord(says)}${takes === null || typeof takes === 'string' ? '' : ` ${list(takes)}`}`;
