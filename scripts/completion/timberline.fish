# Completion of Timberline's commands for fish. In ~/.config/fish/config.fish:  timberline completion fish | source

# NAME|OPERANDS|OPTIONS|FIRST WORDS|PURPOSE; a `=` behind options that take the next word.
set -g _timberline_own '@OWN@'
set -g _timberline_commands '@COMMANDS@'

# The fields of the line for a name, one a line.
function _timberline_find
    for line in (string split \n -- $argv[1])
        set -l parts (string split '|' -- $line)
        test "$parts[1]" = "$argv[2]"; and printf '%s\n' $parts; and return 0
    end
    return 1
end

function _timberline_names
    for line in (string split \n -- $argv)
        set -l parts (string split '|' -- $line)
        printf '%s\t%s\n' $parts[1] $parts[5]
    end
end

# Services: those of $SERVICE_DIR, by their names, and those that are here.
function _timberline_services
    set -l services /service
    set -q SERVICE_DIR; and test -n "$SERVICE_DIR"; and set services $SERVICE_DIR
    for place in $services/*/
        printf '%s\tservice\n' (string replace -r '^.*/([^/]+)/$' '$1' -- $place)
    end
    for place in */
        test -e {$place}run -o -e {$place}supervise -o -e {$place}script
        and printf '%s\tservice directory\n' (string trim -r -c / -- $place)
    end
end

function _timberline_complete
    set -l typed (commandline -opc)
    set -l cur (commandline -ct)
    set -l name (string replace -r '^.*/' '' -- $typed[1])
    set -l from 2
    set -l found
    if test "$name" != timberline
        set found (_timberline_find $_timberline_commands $name); or return
    else if test (count $typed) -eq 1; or test "$typed[2]" = help
        _timberline_names $_timberline_own $_timberline_commands
        test (count $typed) -eq 1; and printf '%s\n' help\t'what a command is for' --help --version
        return
    else
        set from 3
        set found (_timberline_find $_timberline_own $typed[2])
        or set found (_timberline_find $_timberline_commands $typed[2]); or return
    end
    set -l operands $found[2]
    set -l options (string split -n ' ' -- $found[3])
    set -l words (string split -n ' ' -- $found[4])
    set -l before
    set -l skip 0
    test $operands = name+program; and set operands program; and set skip 1
    set -l at $from
    while test $at -le (count $typed)
        set -l word $typed[$at]
        if test "$word" = --
            set before --
            set at (math $at + 1)
            break
        else if string match -q -- '-*' $word
            contains -- $word= $options; and set at (math $at + 1)
        else if test $operands = program -a $skip = 1
            set skip 0
        else
            set before $word
            test $operands = program; and break
        end
        set at (math $at + 1)
    end
    if test $at -gt (math (count $typed) + 1)
        switch $typed[-1]
            case -u --user
                __fish_complete_users
            case '*'
                __fish_complete_path $cur
        end
    else if test $operands = program -a -n "$before"
        complete -C (string join ' ' -- (string escape -- $typed[$at..]) $cur)
    else if string match -q -- '-*' $cur; and test "$before" != --
        printf '%s\n' (string replace -r '=$' '' -- $options) --help --version
    else if test (count $words) -gt 0 -a -z "$before"
        printf '%s\n' $words
    else
        switch $operands
            case none
            case services
                _timberline_services
            case logs
                _timberline_services
                __fish_complete_path $cur
            case program
                test $skip = 1; and __fish_complete_path $cur; or __fish_complete_command
            case '*'
                __fish_complete_path $cur
        end
    end
end

complete -c timberline -f -a '(_timberline_complete)'
for line in (string split \n -- $_timberline_commands)
    complete -c (string split '|' -- $line)[1] -f -a '(_timberline_complete)'
end
