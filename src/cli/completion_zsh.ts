/** The completion script for zsh, to be a file `_gossamer` in `$fpath`. */
import { type CommandNode, flatten } from "./command_tree.ts";
import {
  type Candidate,
  commandCandidates,
  lookups,
  optionCandidates,
  pathPattern,
  quote,
  scriptHeader,
} from "./completion_parts.ts";

/** Makes the script. */
export function zshCompletion(root: CommandNode, version: string): string {
  const words = flatten(root).map((command) => {
    const list = (candidates: readonly Candidate[]): string =>
      candidates.map(({ word, description }) =>
        `\n        ${quote(`${word.replaceAll(":", "\\:")}:${description}`)}`
      ).join("");
    return `    ${quote(command.path.join(" "))})
      commands=(${list(commandCandidates(command))})
      options=(${list(optionCandidates(command, root))}) ;;`;
  });
  return `#compdef gossamer
${scriptHeader("zsh", version)}

${lookups(root, words)}

_gossamer() {
  local at='' kind='' ended='' word REPLY
  local -a commands options
  integer n=0 i
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $kind ]]; then kind=''; continue; fi
    if [[ -z $ended && $word == '--' ]]; then ended=1; continue; fi
    if [[ -z $ended && $word == -* ]]; then
      _gossamer_value "$at" "$word"
      kind=$REPLY
      continue
    fi
    case "\${at:+$at }$word" in
      ${pathPattern(root)}) at="\${at:+$at }$word" ;;
      *) n+=1 ;;
    esac
  done
  if [[ -z $kind && -z $ended && $PREFIX == --*=* ]]; then
    _gossamer_value "$at" "\${PREFIX%%=*}"
    kind=\${REPLY:-free}
    compset -P 1 '*='
  fi
  if [[ -z $kind ]]; then
    _gossamer_words "$at"
    if [[ -z $ended && $PREFIX == -* ]]; then
      _describe -o option options
      return
    fi
    if (( $#commands )); then
      (( n == 0 )) && _describe command commands
      return
    fi
    _gossamer_argument "$at" $n
    kind=$REPLY
  fi
  case $kind in
    file) _files ;;
    folder) _files -/ ;;
    choice*) compadd -- \${(s: :)kind#choice } ;;
    *) return 1 ;;
  esac
}

if [[ $funcstack[1] == _gossamer ]]; then _gossamer "$@"; else compdef _gossamer gossamer; fi
`;
}
