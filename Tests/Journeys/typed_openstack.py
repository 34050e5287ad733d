"""The openstack command as somebody types it, with a cloud of the clouds.yaml that OS_CLIENT_CONFIG_FILE names."""

import json

import openstackclient.shell
from osc_lib.clientmanager import ClientCache, ClientManager

from typed_commands import run


def typed(cloud, words, stdin=None):
    # A process is one caller's, as the command has it.
    for kept in vars(ClientManager).values():
        if isinstance(kept, ClientCache):
            kept._handle = None
    return run(lambda: openstackclient.shell.main(["--os-cloud", cloud] + words), stdin)


def openstack(cloud, *words, stdin=None):
    """Types a command that has to succeed."""
    result = typed(cloud, list(words), stdin)
    assert result.is_good, (words, result.text, result.errors)
    return result


def table(cloud, *words, stdin=None):
    """Types a command that has to succeed and prints something; what that is."""
    result = openstack(cloud, *words, "-f", "json", stdin=stdin)
    return json.loads(result.text)


def refused(cloud, *words, saying=""):
    result = typed(cloud, list(words))
    text = result.text + result.errors
    assert not result.is_good and saying in text, (words, "was not refused so", text)
