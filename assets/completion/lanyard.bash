# Completion of Lanyard's programs: what each says of itself, by --help of the command so far.
_lanyard() {
  local current=${COMP_WORDS[COMP_CWORD]} word help
  local -a command=("${COMP_WORDS[0]}")
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # A value of an option is none of the command, and neither is what the shell has still to expand.
    [[ $word =~ ^[a-z][a-z-]*$ ]] && "${command[@]}" "$word" --help >/dev/null 2>&1 && command+=("$word")
  done
  help=$("${command[@]}" --help 2>/dev/null) || return 0
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '--[a-z][a-z-]*' <<<"$help" | sort -u)" -- "$current")
  else
    mapfile -t COMPREPLY < <(
      compgen -W "$(sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")" -- "$current"
      compgen -f -- "$current"
    )
  fi
}
complete -o filenames -F _lanyard lanyard-gate lanyard-kiosk lanyard-scan lanyard-setup lanyard-syncd lanyard-hub
