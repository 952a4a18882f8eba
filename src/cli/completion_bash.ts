/** The completion script for bash, from 3.2 (macOS) on. */
import { type CommandNode, flatten } from "./command_tree.ts";
import {
  commandCandidates,
  lookups,
  optionCandidates,
  pathPattern,
  quote,
  scriptHeader,
} from "./completion_parts.ts";

/** Makes the script. */
export function bashCompletion(root: CommandNode, version: string): string {
  const words = flatten(root).map((command) => {
    const list = (candidates: readonly { word: string }[]): string =>
      quote(candidates.map(({ word }) => word).join(" "));
    return `    ${quote(command.path.join(" "))})
      commands=${list(commandCandidates(command))}
      options=${list(optionCandidates(command, root))} ;;`;
  });
  return `${scriptHeader("bash", version)}

${lookups(root, words)}

_gossamer_reply() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY[\${#COMPREPLY[@]}]=$line; done
}

_gossamer() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' kind='' ended='' joined='' word n=0 i REPLY
  local commands='' options=''
  COMPREPLY=()
  # Readline splits words at = and :, so what follows one of these belongs to the word before it.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' || $word == ':' ]]; then joined=$word; continue; fi
    if [[ -n $joined || -n $kind ]]; then joined='' kind=''; continue; fi
    if [[ -z $ended && $word == '--' ]]; then ended=1; continue; fi
    if [[ -z $ended && $word == -* ]]; then
      _gossamer_value "$at" "$word"
      kind=$REPLY
      continue
    fi
    case "\${at:+$at }$word" in
      ${pathPattern(root)}) at="\${at:+$at }$word" ;;
      *) n=$((n + 1)) ;;
    esac
  done
  [[ $cur == ':' || $joined == ':' ]] && return
  if [[ $cur == '=' ]]; then cur='' joined='='; fi
  [[ -n $joined && -z $kind ]] && return
  if [[ -z $kind ]]; then
    _gossamer_words "$at"
    if [[ -z $ended && $cur == -* ]]; then
      _gossamer_reply < <(compgen -W "$options" -- "$cur")
      return
    fi
    if [[ -n $commands ]]; then
      [[ $n == 0 ]] && _gossamer_reply < <(compgen -W "$commands" -- "$cur")
      return
    fi
    _gossamer_argument "$at" "$n"
    kind=$REPLY
  fi
  case $kind in
    file) _gossamer_reply < <(compgen -f -- "$cur") ;;
    folder) _gossamer_reply < <(compgen -d -- "$cur") ;;
    choice\\ *) _gossamer_reply < <(compgen -W "\${kind#choice }" -- "$cur") ;;
  esac
  if [[ $kind == file || $kind == folder ]]; then compopt -o filenames 2> /dev/null; fi
}

complete -F _gossamer gossamer
`;
}
