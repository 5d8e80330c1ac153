"""A Keystone of its own on a loopback port: `serve_keystone.py MESSAGING_URL WEBSOCKET_URL [PORT]`.

Debian's Keystone (python3-keystone) over SQLite and Fernet keys in a temporary directory, bootstrapped as an operator would, then
served by werkzeug. Any user may run it. Prints one line of JSON when it is ready: its URL, the ids of the projects and the users, and
the password that all users share. Ends when its standard input ends, so it cannot outlive who started it, and leaves nothing behind.

Projects: `service`, `demo`, `other`. Users, by their roles: zaqar (service in `service`), admin (admin in `admin` and `demo`),
member and reader (each in `demo`), guest (a role of its own in `demo`), stranger (member in `other`), nobody (none anywhere).
The catalog has `zaqar` and `zaqar-websocket` at the given URLs.
"""

import grp
import json
import multiprocessing
import os
import pwd
import signal
import sqlite3
import sys
import tempfile
import threading

from keystone.cmd import cli
from keystone.server import wsgi
from keystoneauth1 import session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client
from werkzeug import serving

PASSWORD = 'secret'

# The cheapest hash and no waiting for the disk: nothing here is worth keeping.
CONFIGURATION = """
[DEFAULT]
use_stderr = true
default_log_levels = keystone=ERROR,alembic=WARN,py.warnings=ERROR
[database]
connection = sqlite:///{directory}/keystone.db?check_same_thread=false
sqlite_synchronous = false
[fernet_tokens]
key_repository = {directory}/fernet
[fernet_receipts]
key_repository = {directory}/fernet
[credential]
key_repository = {directory}/credential
[identity]
password_hash_rounds = 4
"""


class Quiet(serving.WSGIRequestHandler):
    def log_request(self, *_):
        pass


def manage(directory, *command):
    """Runs a command of keystone-manage, apart, for each leaves its options in the process's configuration."""
    arguments = ['keystone-manage', '--config-file', os.path.join(directory, 'keystone.conf'), *command]
    running = multiprocessing.Process(target=cli.main, args=(arguments,))
    running.start()
    running.join()
    if running.exitcode != 0:
        sys.exit('%s ended with %s' % (' '.join(arguments), running.exitcode))


def set_up(directory, url):
    with open(os.path.join(directory, 'keystone.conf'), 'w') as file:
        file.write(CONFIGURATION.format(directory=directory))

    # Keystone's threads keep reads open that would keep others from writing.
    with sqlite3.connect(os.path.join(directory, 'keystone.db')) as database:
        database.execute('pragma journal_mode = wal')

    owner = ['--keystone-user', pwd.getpwuid(os.geteuid()).pw_name, '--keystone-group', grp.getgrgid(os.getegid()).gr_name]
    manage(directory, 'db_sync')
    manage(directory, 'fernet_setup', *owner)
    manage(directory, 'credential_setup', *owner)
    manage(directory, 'bootstrap', '--bootstrap-password', PASSWORD, '--bootstrap-region-id', 'RegionOne',
           '--bootstrap-public-url', url, '--bootstrap-internal-url', url, '--bootstrap-admin-url', url)


def populate(url, messaging, websocket):
    """Fills a running Keystone; answers the ids of projects and users by their names."""
    keystone = client.Client(session=session.Session(v3.Password(
        url, username='admin', password=PASSWORD, project_name='admin', user_domain_id='default', project_domain_id='default')))

    roles = {role.name: role for role in keystone.roles.list()}
    for name in 'service', 'guest':
        roles[name] = roles.get(name) or keystone.roles.create(name)
    projects = {project.name: project for project in keystone.projects.list()}
    for name in 'service', 'demo', 'other':
        projects[name] = keystone.projects.create(name, 'default')
    users = {user.name: user for user in keystone.users.list()}
    for name in 'zaqar', 'member', 'reader', 'guest', 'stranger', 'nobody':
        users[name] = keystone.users.create(name, 'default', password=PASSWORD)
    for user, role, project in [
            ('zaqar', 'service', 'service'), ('admin', 'admin', 'demo'), ('member', 'member', 'demo'),
            ('reader', 'reader', 'demo'), ('guest', 'guest', 'demo'), ('stranger', 'member', 'other')]:
        keystone.roles.grant(roles[role], user=users[user], project=projects[project])

    for name, kind, endpoint in [('zaqar', 'messaging', messaging), ('zaqar-websocket', 'messaging-websocket', websocket)]:
        service = keystone.services.create(name, kind)
        for interface in 'public', 'internal', 'admin':
            keystone.endpoints.create(service, endpoint, interface, region='RegionOne')

    return ({name: project.id for name, project in projects.items()}, {name: user.id for name, user in users.items()})


def main(messaging, websocket, port='0'):
    # Only the answer goes to the standard output; what Keystone's commands print goes with its log.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), 'w')
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    with tempfile.TemporaryDirectory(prefix='keystone-') as directory:
        # The port first, for the bootstrap writes it into the catalog.
        server = serving.make_server('127.0.0.1', int(port), lambda *_: [], threaded=True, request_handler=Quiet)
        url = 'http://127.0.0.1:%d/v3' % server.server_port
        set_up(directory, url)

        # What it finds on the command line is not its own.
        sys.argv[1:] = []
        os.environ['OS_KEYSTONE_CONFIG_DIR'] = directory
        server.app = wsgi.initialize_public_application()
        threading.Thread(target=server.serve_forever, daemon=True).start()

        projects, users = populate(url, messaging, websocket)
        print(json.dumps({'url': url, 'password': PASSWORD, 'projects': projects, 'users': users}), file=answer, flush=True)

        sys.stdin.read()
        server.shutdown()


if __name__ == '__main__':
    # To stop it is to leave the block that holds the directory.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    main(*sys.argv[1:])
