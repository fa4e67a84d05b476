# What Supervisor makes of a configuration: oracle.py FILE. Prints its processes as JSON, or exits with 2.
import json
import signal
import sys

from supervisor.datatypes import Automatic
from supervisor.options import ServerOptions


def place(value):
    if value is Automatic:
        return "auto"
    return "none" if value is None else value


def autorestart(value):
    # Two classes and a number, by their names.
    name = getattr(value, "__name__", "")
    return {"RestartUnconditionally": "always", "RestartWhenExitUnexpected": "unexpected"}.get(name, "never")


def process(group, config):
    log = lambda s: [
        place(getattr(config, s + "_logfile")),
        getattr(config, s + "_logfile_maxbytes"),
        getattr(config, s + "_logfile_backups"),
        bool(getattr(config, s + "_syslog")),
    ]
    environment = dict(options.configroot.supervisord.environment)
    environment.update(config.environment)
    import shlex

    return {
        "group": group,
        "name": config.name,
        "command": shlex.split(config.command),
        "directory": config.directory,
        "umask": config.umask,
        "priority": config.priority,
        "autostart": config.autostart,
        "autorestart": autorestart(config.autorestart),
        "startSeconds": config.startsecs,
        "startRetries": config.startretries,
        "exitCodes": config.exitcodes,
        "stopSignal": signal.Signals(config.stopsignal).name[3:],
        "stopSeconds": config.stopwaitsecs,
        "stopAsGroup": config.stopasgroup,
        "killAsGroup": config.killasgroup,
        "redirectStderr": config.redirect_stderr,
        "stdout": log("stdout"),
        "stderr": log("stderr"),
        "environment": sorted(environment.items()),
    }


options = ServerOptions()
options.realize(["-c", sys.argv[1]])
groups = options.process_group_configs
found = [process(group.name, config) for group in groups for config in group.process_configs]
json.dump(sorted(found, key=lambda one: (one["group"], one["name"])), sys.stdout)
