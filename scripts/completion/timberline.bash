# Completion of Timberline's commands for bash. In ~/.bashrc:  eval "$(timberline completion bash)"

# NAME|OPERANDS|OPTIONS|FIRST WORDS|PURPOSE; a `=` behind options that take the next word.
_timberline_own='@OWN@'
_timberline_commands='@COMMANDS@'

# Sets operands, options and words, which are the caller's, to what stands in table $1 for the name $2.
_timberline_find() {
  local name a b c rest
  while IFS='|' read -r name a b c rest; do
    if [[ $name == "$2" ]]; then
      operands=$a options=$b words=$c
      return 0
    fi
  done <<<"$1"
  return 1
}

# The names in table $1, a line each.
_timberline_names() {
  local name rest
  while IFS='|' read -r name rest; do printf '%s\n' "$name"; done <<<"$1"
}

# Services: those of $SERVICE_DIR, by their names, and those that are here.
_timberline_services() {
  local place
  for place in "${SERVICE_DIR:-/service}"/*/; do
    [[ -d $place ]] && place=${place%/} && printf '%s\n' "${place##*/}"
  done
  for place in "$1"*/; do
    [[ -e ${place}run || -e ${place}supervise || -e ${place}script ]] && printf '%s\n' "${place%/}"
  done
}

# Adds the lines of standard input that begin with $1 to COMPREPLY, each once, quoted where need be.
_timberline_add() {
  local line
  while IFS= read -r line; do
    [[ $line == "$1"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done < <(sort -u)
}

_timberline_programs() {
  compopt -o default 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -c -- "$1" | sort -u)
}

# Completes the word at COMP_CWORD, where the words of the command begin at $1.
_timberline_complete() {
  local from=$1 operands=$2 options=$3 words=$4
  local cur=${COMP_WORDS[COMP_CWORD]} at word before= skip=0
  [[ $operands == name+program ]] && operands=program skip=1
  for ((at = from; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    if [[ $word == -- ]]; then
      before=-- && at=$((at + 1)) && break
    elif [[ $word == -* ]]; then
      [[ " $options " == *" $word= "* ]] && at=$((at + 1))
    elif [[ $operands == program && $skip == 1 ]]; then
      skip=0
    else
      before=$word && [[ $operands == program ]] && break
    fi
  done
  if ((at > COMP_CWORD)); then # the value of the option before it
    case ${COMP_WORDS[COMP_CWORD - 1]} in
      -u | --user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
      *) compopt -o default -o filenames 2>/dev/null ;;
    esac
  elif [[ $operands == program && -n $before ]]; then
    if [[ $(type -t _command_offset) == function ]]; then
      _command_offset "$at"
    else
      _timberline_programs "$cur"
    fi
  elif [[ $cur == -* && $before != -- ]]; then
    _timberline_add "$cur" < <(printf '%s\n' ${options//=/} --help --version)
  elif [[ -n $words && -z $before ]]; then
    _timberline_add "$cur" < <(printf '%s\n' $words)
  else
    case $operands in
      none) ;;
      services) _timberline_add "$cur" < <(_timberline_services "$cur") ;;
      logs)
        compopt -o default -o filenames 2>/dev/null
        _timberline_add "$cur" < <(_timberline_services "$cur")
        ;;
      program)
        compopt -o default -o filenames 2>/dev/null
        [[ $skip == 1 ]] || _timberline_programs "$cur"
        ;;
      *) compopt -o default -o filenames 2>/dev/null ;;
    esac
  fi
}

_timberline() {
  local name=${COMP_WORDS[0]##*/} from=1 operands= options= words=
  COMPREPLY=()
  if [[ $name != timberline ]]; then
    _timberline_find "$_timberline_commands" "$name" || return
  elif ((COMP_CWORD == 1)); then
    _timberline_add "${COMP_WORDS[1]}" < <(
      _timberline_names "$_timberline_own"
      _timberline_names "$_timberline_commands"
      printf '%s\n' help --help --version
    )
    return
  elif [[ ${COMP_WORDS[1]} == help ]]; then
    _timberline_add "${COMP_WORDS[COMP_CWORD]}" < <(
      _timberline_names "$_timberline_own"
      _timberline_names "$_timberline_commands"
    )
    return
  else
    from=2
    _timberline_find "$_timberline_own" "${COMP_WORDS[1]}" ||
      _timberline_find "$_timberline_commands" "${COMP_WORDS[1]}" || return
  fi
  _timberline_complete "$from" "$operands" "$options" "$words"
}

complete -F _timberline timberline $(_timberline_names "$_timberline_commands")
