export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

// Bash also ends words at : and =, so pieces that touch each other are joined again, and what it has of a word already is
// not given back once more. What somebody typed is never evaluated.
const bash = `# bash completion for sallyport
_sallyport() {
  local rest="\${COMP_LINE:0:COMP_POINT}" index piece line value before
  local -a words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    piece="\${COMP_WORDS[index]}"
    if [[ $index -gt 0 && "$rest" != [[:space:]]* && -n "$rest" ]]; then
      words[\${#words[@]}-1]+="$piece"
    else
      words+=("$piece")
    fi
    rest="\${rest#"\${rest%%[![:space:]]*}"}"
    rest="\${rest#"$piece"}"
  done
  before="\${words[\${#words[@]}-1]}"
  case "$piece" in
    : | =) ;;
    *) before="\${before%"$piece"}" ;;
  esac
  for index in "\${!words[@]}"; do
    words[index]="\${words[index]//[\\"\\'\\\\]/}"
  done
  COMPREPLY=()
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    if [[ "$value" == ":files" ]]; then
      compopt -o default 2>/dev/null
      COMPREPLY=()
      return
    fi
    value="\${value#"$before"}"
    [[ "$piece" == [\\"\\']* ]] || printf -v value '%q' "$value"
    COMPREPLY+=("$value")
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _sallyport sallyport
`

const zsh = `#compdef sallyport
# zsh completion for sallyport
_sallyport() {
  local -a values
  local line value text
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ "$line" == ":files" ]]; then
      _files
      return
    fi
    value="\${line%%$'\\t'*}"
    text="\${line#*$'\\t'}"
    # A colon stands between a value and its description.
    value="\${value//:/\\\\:}"
    if [[ -z "$line" ]]; then
      continue
    elif [[ "$text" == "$line" ]]; then
      values+=("$value")
    else
      values+=("$value:$text")
    fi
  done
  _describe -t commands sallyport values
}
compdef _sallyport sallyport
if [[ "\${funcstack[1]}" == "_sallyport" ]]; then
  _sallyport "$@"
fi
`

const fish = `# fish completion for sallyport
function __sallyport_complete
    set -l words (commandline -opc)
    set -l lines ($words[1] complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    if contains -- :files $lines
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $lines
    end
end
complete -c sallyport -f -a '(__sallyport_complete)'
`

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }

/** What a shell has to read to complete our command lines; all it knows it asks `sallyport complete` for. */
export function completionScript(shell: Shell): string {
  return scripts[shell]
}
