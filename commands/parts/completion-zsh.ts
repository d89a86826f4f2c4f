// Completion for zsh: one function that finds the command, and describes what may follow.
import { type CompletionSource, type FlagWords, quoted, type ShellWords, valuedFlags } from './completion-words.ts';

export function zshScript(words: ShellWords): string {
  const { verbs, shared } = words;
  const valued = valuedFlags(words).join('|');
  return `#compdef bastide
# zsh completion for bastide; load it with: source <(bastide completion zsh)
_bastide() {
  local verb='' flag='' word
  local -i place=-1 i
  local -a offers
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]}
  if [[ $current == --*=* ]]; then
    flag=\${current%%=*}
    compset -P '*='
  else
    case $previous in (${valued}) flag=$previous ;; esac
  fi
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case $word in
      (${valued}) ((i++)) ;;
      (-*) ;;
      (*) [[ -z $verb ]] && verb=$word; ((place++)) ;;
    esac
  done
  if [[ -n $flag ]]; then
    case $verb$flag in
${verbs.flatMap(({ name, flags }) => flags.map((one) => valueCase(`${name}--${one.name}`, one))).join('')}    esac
    case $flag in
${shared.map((one) => valueCase(`--${one.name}`, one)).join('')}    esac
    return
  fi
  if [[ $current == -* ]]; then
    offers=(${described(shared)})
    case $verb in
${verbs.map(({ name, flags }) => (flags.length === 0 ? '' : `      (${name}) offers=(${described(flags)} $offers) ;;\n`)).join('')}    esac
    _describe -o flag offers
    return
  fi
  if [[ -z $verb ]]; then
    offers=(${verbs.map(({ name, says }) => quoted(`${name}:${says}`)).join(' ')})
    _describe command offers
    return
  fi
  case $verb:$place in
${verbs.flatMap(({ name, places, rest }) => places.map((taken, at) => placeCase(name, at, taken, rest && at === places.length - 1))).join('')}  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _bastide "$@"; else compdef _bastide bastide; fi
`;
}

const described = (flags: readonly FlagWords[]) =>
  flags.map(({ name, says }) => quoted(`--${name}:${says.replaceAll(':', '\\:')}`)).join(' ');

const reply = (taken: CompletionSource): string =>
  taken === 'file' ? '_files' : taken === 'free' ? '' : `compadd -- ${taken.map(quoted).join(' ')}`;

function valueCase(pattern: string, { takes }: FlagWords): string {
  return takes === null || takes === 'free' ? '' : `      (${pattern}) ${reply(takes)}; return ;;\n`;
}

function placeCase(verb: string, at: number, taken: CompletionSource, rest: boolean): string {
  return taken === 'free' ? '' : `    (${verb}:${rest ? '*' : at}) ${reply(taken)} ;;\n`;
}
