// Completion for bash: one function that finds the command, and what is being typed after it.
import { type CompletionSource, type FlagWords, quoted, type ShellWords, valuedFlags } from './completion-words.ts';

export function bashScript(words: ShellWords): string {
  const { verbs, shared } = words;
  const valued = valuedFlags(words).join('|');
  return `# bash completion for bastide; load it with: source <(bastide completion bash)
_bastide() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous='' verb='' place=-1 i word flag=''
  ((COMP_CWORD > 0)) && previous=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits "--flag=value" at the equals sign.
  if [[ $current == '=' ]]; then
    flag=$previous current=''
  elif [[ $previous == '=' ]] && ((COMP_CWORD > 1)); then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  else
    case $previous in ${valued}) flag=$previous ;; esac
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      =) ((i++)) ;;
      ${valued}) [[ \${COMP_WORDS[i + 1]} == '=' ]] || ((i++)) ;;
      -*) ;;
      *) if [[ -z $verb ]]; then verb=$word; fi; ((place++)) ;;
    esac
  done
  COMPREPLY=()
  if [[ -n $flag ]]; then
    case $verb$flag in
${verbs.flatMap(({ name, flags }) => flags.map((one) => valueCase(`${name}--${one.name}`, one))).join('')}    esac
    case $flag in
${shared.map((one) => valueCase(`--${one.name}`, one)).join('')}    esac
    return
  fi
  if [[ $current == -* ]]; then
    local flags=${quoted(flagList(shared))}
    case $verb in
${verbs.map(({ name, flags }) => (flags.length === 0 ? '' : `      ${name}) flags+=${quoted(` ${flagList(flags)}`)} ;;\n`)).join('')}    esac
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
    return
  fi
  if [[ -z $verb ]]; then
    COMPREPLY=($(compgen -W ${quoted(verbs.map(({ name }) => name).join(' '))} -- "$current"))
    return
  fi
  case $verb:$place in
${verbs.flatMap(({ name, places, rest }) => places.map((taken, at) => placeCase(name, at, taken, rest && at === places.length - 1))).join('')}  esac
}
complete -F _bastide bastide
`;
}

const flagList = (flags: readonly FlagWords[]) => flags.map(({ name }) => `--${name}`).join(' ');

const reply = (taken: CompletionSource): string =>
  taken === 'file'
    ? 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))'
    : taken === 'free'
      ? ''
      : `COMPREPLY=($(compgen -W ${quoted(taken.join(' '))} -- "$current"))`;

function valueCase(pattern: string, { takes }: FlagWords): string {
  return takes === null || takes === 'free' ? '' : `      ${pattern}) ${reply(takes)}; return ;;\n`;
}

function placeCase(verb: string, at: number, taken: CompletionSource, rest: boolean): string {
  return taken === 'free' ? '' : `    ${verb}:${rest ? '*' : at}) ${reply(taken)} ;;\n`;
}
