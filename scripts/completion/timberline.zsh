#compdef timberline
# Completion of Timberline's commands for zsh. In ~/.zshrc, behind compinit:  source <(timberline completion zsh)

# NAME|OPERANDS|OPTIONS|FIRST WORDS|PURPOSE; a `=` behind options that take the next word.
typeset -g _timberline_own='@OWN@'
typeset -g _timberline_commands='@COMMANDS@'

# Puts NAME:PURPOSE of each line of a table into `described`, which is the caller's.
_timberline_describe() {
  local line
  local -a parts
  for line in "${(@f)1}"; do
    parts=("${(@s:|:)line}")
    described+=("$parts[1]:$parts[5]")
  done
}

# Sets operands, options and firsts, which are the caller's, to what stands in table $1 for the name $2.
_timberline_find() {
  local line
  local -a parts
  for line in "${(@f)1}"; do
    parts=("${(@s:|:)line}")
    [[ $parts[1] == "$2" ]] || continue
    operands=$parts[2] options=(${=parts[3]}) firsts=(${=parts[4]})
    return 0
  done
  return 1
}

# Services: those of $SERVICE_DIR, by their names, and those that are here.
_timberline_services() {
  local -a there here
  there=(${SERVICE_DIR:-/service}/*(N-/:t))
  here=(${PREFIX}*(N-/e:'[[ -e $REPLY/run || -e $REPLY/supervise || -e $REPLY/script ]]':))
  _alternative "services:service:compadd -a there" "here:service directory:compadd -a here"
}

# Completes the word at CURRENT, where the words of the command begin at $1.
_timberline_words() {
  local from=$1 at word before= current=$words_typed[CURRENT] skip=0
  [[ $operands == name+program ]] && operands=program skip=1
  for ((at = from; at < CURRENT; at++)); do
    word=$words_typed[at]
    if [[ $word == -- ]]; then
      before=-- at=$((at + 1)) && break
    elif [[ $word == -* ]]; then
      (($options[(Ie)$word=])) && at=$((at + 1))
    elif [[ $operands == program && $skip == 1 ]]; then
      skip=0
    else
      before=$word && [[ $operands == program ]] && break
    fi
  done
  if ((at > CURRENT)); then
    case $words_typed[CURRENT-1] in
      -u | --user) _users ;;
      *) _files ;;
    esac
  elif [[ $operands == program && -n $before ]]; then
    words=("${(@)words_typed[at,-1]}")
    CURRENT=$((CURRENT - at + 1))
    _normal
  elif [[ $current == -* && $before != -- ]]; then
    compadd -- ${options%=} --help --version
  elif ((${#firsts})) && [[ -z $before ]]; then
    compadd -a firsts
  else
    case $operands in
      none) _message 'no more words' ;;
      services) _timberline_services ;;
      logs) _timberline_services; _files ;;
      program) if ((skip)); then _files; else _command_names -e; fi ;;
      *) _files ;;
    esac
  fi
}

_timberline() {
  local -a words_typed described options firsts
  local name=${words[1]:t} operands= from=2
  words_typed=("${(@)words}")
  if [[ $name != timberline ]]; then
    _timberline_find $_timberline_commands $name || return 1
  elif ((CURRENT == 2)) || [[ $words_typed[2] == help ]]; then
    _timberline_describe $_timberline_own
    _timberline_describe $_timberline_commands
    ((CURRENT == 2)) && described+=(help:'what a command is for')
    _describe -t commands command described
    return
  else
    from=3
    _timberline_find $_timberline_own $words_typed[2] ||
      _timberline_find $_timberline_commands $words_typed[2] || return 1
  fi
  _timberline_words $from
}

compdef _timberline timberline ${${(@f)_timberline_commands}%%|*}
