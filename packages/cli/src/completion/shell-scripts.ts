/** Shells that completion is there for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The line that says: files fit as well. No candidate begins with a colon. */
export const filesMark = ':files';

/*
 * Each script asks `devstead completion SHELL -- WORDS` with the words up to the cursor, and gets a line a candidate.
 */

/** readline splits words at `=` and `:` and wants only what follows them; the line itself has the whole words. */
const bash = `# bash completion for devstead
_devstead() {
  local words found candidate part
  read -a words <<<"\${COMP_LINE:0:COMP_POINT}"
  case "\${COMP_LINE:0:COMP_POINT}" in *' ') words+=('') ;; esac
  local word="\${words[\${#words[@]}-1]}" program=$1
  command -v -- "$program" >/dev/null || program=devstead
  part="\${word%"\${word##*[=:]}"}"
  COMPREPLY=()
  compopt +o default 2>/dev/null
  while IFS= read -r found; do
    candidate="\${found%%$'\\t'*}"
    if [ "$candidate" = ${filesMark} ]; then
      compopt -o default 2>/dev/null
      continue
    fi
    case $candidate in *[:=/]) compopt -o nospace 2>/dev/null ;; esac
    COMPREPLY+=("\${candidate#"$part"}")
  done < <("$program" completion bash -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _devstead devstead
`;

const zsh = `#compdef devstead
_devstead() {
  local -a whole open
  local found value note files=
  local program=\${words[1]}
  (( $+commands[$program] )) || [[ -x $program ]] || program=devstead
  while IFS= read -r found; do
    value=\${found%%$'\\t'*}
    note=\${found#$value}
    note=\${note#$'\\t'}
    if [[ $value == ${filesMark} ]]; then
      files=1
    elif [[ $value == *[:=/] ]]; then
      open+=("\${value//:/\\\\:}:$note")
    else
      whole+=("\${value//:/\\\\:}:$note")
    fi
  done < <("$program" completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#whole )) && _describe -V 'devstead' whole
  (( $#open )) && _describe -V 'devstead' open -S ''
  [[ -n $files ]] && _files
  return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _devstead "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _devstead devstead
fi
`;

const fish = `# fish completion for devstead
function __devstead_complete
    set -l line (commandline -opc) (commandline -ct)
    set -l program $line[1]
    command -q -- $program; or set program devstead
    for found in (command $program completion fish -- $line[2..] 2>/dev/null)
        if test "$found" = ${filesMark}
            __fish_complete_path (commandline -ct)
        else
            printf '%s\\n' $found
        end
    end
end
complete -c devstead -e
complete -c devstead -f -k -a '(__devstead_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** The script that makes a shell complete `devstead`. */
export function completionScript(shell: Shell): string {
  return scripts[shell];
}
