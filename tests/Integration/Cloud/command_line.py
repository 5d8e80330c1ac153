"""One part of a session of the `openstack messaging` commands against a running cloud: `command_line.py PART`, with the usual OS_ variables.

Prints `PART: passed` and ends with 0, or with 1 and the traceback of the step that went otherwise. Parts are the functions below. Each
command is run as the executable runs it, with a login of its own, but all in one process.
"""

import contextlib
import io
import json
import os
import sys
import urllib.request
import uuid

from openstackclient import shell

PART = sys.argv[1]
CLIENT_ID = str(uuid.uuid4())

RESERVED = {
    '_max_messages_post_size': 262144,
    '_default_message_ttl': 3600,
    '_default_message_delay': 0,
    '_dead_letter_queue': None,
    '_dead_letter_queue_messages_ttl': None,
    '_max_claim_count': None,
    '_enable_encrypt_messages': False,
}


def run(*arguments):
    """Runs a command; answers its exit code and what it wrote."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = shell.OpenStackShell().run(list(arguments))
    return code, output.getvalue(), errors.getvalue()


def messaging(command, *arguments):
    """Runs a command that succeeds; answers what it printed."""
    code, output, errors = run('messaging', *command.split(), *[str(argument) for argument in arguments])
    assert code == 0, '%s %s ended with %s: %s' % (command, arguments, code, errors)
    return output


def shown(command, *arguments):
    """The same, of one that shows or lists; answers that."""
    return json.loads(messaging(command, *arguments, '-f', 'json'))


def refused(command, *arguments):
    """Runs a command that fails; answers why."""
    code, output, errors = run('messaging', *command.split(), *[str(argument) for argument in arguments])
    assert code == 1, '%s %s ended with %s: %s' % (command, arguments, code, output)
    return errors


def equal(seen, expected):
    assert seen == expected, 'expected %r, saw %r' % (expected, seen)


def new_queue():
    return 'queue-' + uuid.uuid4().hex


def post(queue, *bodies):
    equal(messaging('message post', queue, json.dumps([{'body': body, 'ttl': 300} for body in bodies]), '--client-id', CLIENT_ID), '')


def messages(queue, *arguments, client_id=CLIENT_ID):
    return shown('message list', queue, *arguments, '--client-id', client_id)


def bodies(listed, column='Body'):
    return [message[column] for message in listed]


def documents():
    equal(shown('ping'), {'Pingable': True})

    home = json.loads(messaging('homedoc'))['resources']
    equal(home['rel/queue']['href-template'], '/v2/queues/{queue_name}')
    for relation in 'queues', 'messages', 'post_messages', 'claim', 'post_claim', 'subscriptions_get', 'ping', 'health':
        assert 'rel/' + relation in home, relation

    health = json.loads(messaging('health'))
    equal(health.pop('catalog_reachable'), True)
    for pool in health.values():
        equal(set(pool), {'storage_reachable', 'operation_status', 'message_volume'})


def queues():
    prefix = new_queue()
    names = [prefix + ending for ending in ('-a', '-b', '-c')]
    for name in names:
        equal(shown('queue create', name), {'Name': name})
    equal(shown('queue create', names[0]), {'Name': names[0]})

    equal([queue['Name'] for queue in shown('queue list', '--marker', prefix, '--limit', 3)], names)
    equal([queue['Name'] for queue in shown('queue list', '--marker', names[0], '--limit', 1)], [names[1]])
    counted = messaging('queue list', '--with_count', '-f', 'value').splitlines()
    assert counted[0].startswith('Queues in total: ') and int(counted[0].split()[-1]) >= 3, counted

    equal(messaging('queue set metadata', names[1], '{"colour": "blue", "_default_message_ttl": 600, "nested": {"a": [1, null]}}'), '')
    described = dict(RESERVED, colour='blue', nested={'a': [1, None]}, _default_message_ttl=600)
    equal(shown('queue get metadata', names[1]), {'Metadata': described})
    equal(shown('queue list', '--marker', names[0], '--limit', 1, '--detailed'),
          [{'Name': names[1], 'Metadata_Dict': described, 'Href': '/v2/queues/' + names[1]}])
    equal(messaging('queue set metadata', names[1], '{}'), '')
    equal(shown('queue get metadata', names[1]), {'Metadata': RESERVED})

    stats = shown('queue stats', names[2])['Stats']
    equal(stats['messages'], {'claimed': 0, 'free': 0, 'total': 0})

    post(names[2], 'one', 'two')
    equal(shown('queue stats', names[2])['Stats']['messages']['free'], 2)
    equal(messaging('queue purge', names[2], '--resource_types', 'messages'), '')
    equal(shown('queue stats', names[2])['Stats']['messages']['total'], 0)
    equal(messaging('queue purge', names[2]), '')

    for name in names:
        equal(messaging('queue delete', name), '')
        equal(messaging('queue delete', name), '')
    equal([queue['Name'] for queue in shown('queue list', '--marker', prefix, '--limit', 3) if queue['Name'] in names], [])


def post_and_list():
    queue = new_queue()
    sent = ['text', {'nested': [1, None, True, 'ü']}, 7]
    post(queue, *sent)

    equal(messages(queue), [])  # A client does not see its own.
    own = messages(queue, '--echo')
    equal(bodies(own), sent)
    for message in own:
        equal(message['TTL'], 300)
        assert 0 <= message['Age'] < 300 and not message['Claim ID'], message
    others = messages(queue, client_id=str(uuid.uuid4()))
    equal(others, own)

    equal(messages(queue, '--message-ids', ','.join(message['ID'] for message in own[:2])), own[:2])
    equal(bodies(messages(queue, '--echo', '--limit', 2)), sent[:2])

    # Only a queue with a delay of its own has delayed messages.
    messaging('queue set metadata', queue, '{"_default_message_delay": 60}')
    post(queue, 'later')
    equal(bodies(messages(queue, '--echo')), sent)
    equal(bodies(messages(queue, '--echo', '--include-delayed')), sent + ['later'])

    shown('claim create', queue, '--limit', 1)
    equal(bodies(messages(queue, '--echo')), sent[1:])
    equal(bodies(messages(queue, '--echo', '--include-claimed')), sent)

    assert 'Invalid API request' in refused('message post', queue, '[]', '--client-id', CLIENT_ID)
    assert 'Invalid API request' in refused('message list', queue, '--limit', 21, '--client-id', CLIENT_ID)


def claims():
    queue = new_queue()
    equal(shown('claim create', queue), [])
    post(queue, 'one', 'two', {'three': 3})

    claimed = shown('claim create', queue, '--ttl', 100, '--grace', 60, '--limit', 2)
    equal(bodies(claimed, 'Messages'), ['one', 'two'])
    claim = claimed[0]['Claim_ID']
    for message in claimed:
        equal((message['Claim_ID'], message['TTL']), (claim, 300))
        assert message['Message_ID'] and message['Age'] >= 0, message

    queried = shown('claim query', queue, claim)
    equal(bodies(queried, 'Message'), ['one', 'two'])
    equal(bodies(shown('claim renew', queue, claim, '--ttl', 200, '--grace', 70), 'Message'), ['one', 'two'])
    equal(bodies(shown('claim create', queue), 'Messages'), [{'three': 3}])

    equal(messaging('claim release', queue, claim), '')
    equal(messaging('claim release', queue, claim), '')
    assert 'Code: 404' in refused('claim query', queue, claim)
    equal(bodies(shown('claim create', queue), 'Messages'), ['one', 'two'])


def subscriptions():
    queue = new_queue()
    hook = 'http://example.com/hook'
    equal(shown('subscription list', queue), [])

    made = shown('subscription create', queue, hook, 600, '--options', '{"kind": "news", "z": [1, null]}')
    equal({name: made[name] for name in ('Subscriber', 'TTL', 'Options')},
          {'Subscriber': hook, 'TTL': 600, 'Options': {'kind': 'news', 'z': [1, None]}})
    again = shown('subscription create', queue, hook, 600)
    equal(again['ID'], made['ID'])

    one = shown('subscription show', queue, made['ID'])
    assert 0 <= one.pop('Age') < 600, one
    equal(one, {'ID': made['ID'], 'Subscriber': hook, 'TTL': 600, 'Confirmed': False, 'Options': {'kind': 'news', 'z': [1, None]}})

    other = shown('subscription create', queue, 'mailto:reader@example.com', 700)
    listed = shown('subscription list', queue)
    equal([subscription['ID'] for subscription in listed], [made['ID'], other['ID']])
    equal([subscription['ID'] for subscription in shown('subscription list', queue, '--limit', 1)], [made['ID']])
    equal([subscription['ID'] for subscription in shown('subscription list', queue, '--marker', made['ID'])], [other['ID']])

    # The command names all three, with null for what is not given, and takes the options away.
    messaging('subscription update', queue, made['ID'], '--ttl', 900)
    changed = shown('subscription show', queue, made['ID'])
    equal((changed['Subscriber'], changed['TTL'], changed['Options']), (hook, 900, {}))
    messaging('subscription update', queue, made['ID'], '--subscriber', hook + '2', '--options', '{"a": 1}')
    changed = shown('subscription show', queue, made['ID'])
    equal((changed['Subscriber'], changed['TTL'], changed['Options']), (hook + '2', 900, {'a': 1}))

    equal(messaging('subscription delete', queue, made['ID']), '')
    equal(messaging('subscription delete', queue, made['ID']), '')
    equal([subscription['ID'] for subscription in shown('subscription list', queue)], [other['ID']])

    # A trust is made with the login of the command.
    trusted = shown('subscription create', queue, 'trust+' + hook, 600)
    assert trusted['Options']['trust_id'], trusted
    equal(messaging('subscription delete', queue, trusted['ID']), '')


def signed_urls():
    queue = new_queue()
    post(queue, 'signed')
    signed = shown('queue signed url', queue, '--paths', 'messages', '--methods', 'GET,POST', '--ttl-seconds', 600)
    equal((signed['Paths'], signed['Methods']), ('/v2/queues/%s/messages' % queue, 'GET,POST'))
    equal(len(signed['Signature']), 64)
    signed = shown('queue signed url', queue, '--ttl-seconds', 600)
    equal(signed['Methods'], 'GET')

    catalog = json.loads(run('catalog', 'show', 'messaging', '-f', 'json')[1])
    endpoint = next(one['url'] for one in catalog['endpoints'] if one['interface'] == 'public')
    with urllib.request.urlopen(urllib.request.Request('%s/v2/queues/%s/messages' % (endpoint, queue), headers={
            'Client-ID': str(uuid.uuid4()), 'X-Project-ID': signed['Project ID'], 'URL-Expires': signed['Expires'],
            'URL-Methods': signed['Methods'], 'URL-Paths': signed['Paths'], 'URL-Signature': signed['Signature']})) as opened:
        equal(bodies(json.load(opened)['messages'], 'body'), ['signed'])


def new_pool(*arguments):
    name = 'pool-' + uuid.uuid4().hex
    uri = os.environ['POOL_URI'].format(name)
    return name, shown('pool create', name, uri, 0, *arguments), uri


def pools():
    name, made, uri = new_pool('--flavor', 'no-such-flavor', '--pool_options', '{"a": [1, null]}')
    equal(made, {'Name': name, 'Weight': 0, 'URI': uri, 'Flavor': 'no-such-flavor', 'Options': {'a': [1, None]}})

    masked = uri.replace('hunter2', '***')
    one = shown('pool show', name)
    equal([one[column] for column in ('Name', 'Weight', 'URI', 'Flavor')], [name, 0, masked, 'no-such-flavor'])

    # What is shown may be sent back; 0 the command would not send.
    other = shown('pool update', name, '--pool_uri', masked, '--pool_weight', 1, '--flavor', 'another', '--pool_options', '{"b": 2}')
    equal([other[column] for column in ('Weight', 'URI', 'Flavor')], [1, masked, 'another'])
    marker = name[:-1]
    listed = shown('pool list', '--marker', marker, '--limit', 1, '--detailed')
    equal(listed, [{'Name': name, 'Weight': 1, 'URI': masked, 'Flavor': 'another', 'Options': {'b': 2}}])
    equal(shown('pool list', '--marker', marker, '--limit', 1)[0].get('Options'), None)

    assert 'Code: 403. Title: Unable to delete' in refused('pool delete', name)
    _, _, second = new_pool('--flavor', 'another')
    equal(messaging('pool delete', name), '')
    equal(messaging('pool delete', name), '')
    assert 'Code: 404' in refused('pool show', name)
    assert 'Code: 400' in refused('pool create', name, 'mongodb://db/zaqar', 1)
    assert 'Resource conflict' in refused('pool create', name, second.replace(':hunter2', ''), 0)


def flavors():
    (first, _, _), (second, _, _) = new_pool(), new_pool()
    name, capabilities = 'flavor-' + uuid.uuid4().hex, ['FIFO', 'CLAIMS', 'DURABILITY', 'AOD', 'HIGH_THROUGHPUT']

    made = shown('flavor create', name, '--pool_list', first)
    equal((made['Name'], made['Pool list']), (name, [first]))
    equal(shown('flavor show', name), {'Name': name, 'Pool list': [first], 'Capabilities': capabilities})
    equal(shown('pool show', first)['Flavor'], name)

    changed = shown('flavor update', name, '--pool_list', first + ',' + second)
    equal((changed['Name'], changed['Pool_list']), (name, sorted([first, second])))
    marker = name[:-1]
    equal(shown('flavor list', '--marker', marker, '--limit', 1), [{'Name': name, 'Pool list': sorted([first, second])}])
    equal(shown('flavor list', '--marker', marker, '--limit', 1, '--detailed'),
          [{'Name': name, 'Pool list': sorted([first, second]), 'Capabilities': capabilities}])

    assert 'Code: 400' in refused('flavor create', name + '-other')
    assert 'Unable to create' in refused('flavor create', name + '-other', '--pool_list', 'no-such-pool')
    assert 'updatefail' in refused('flavor update', name, '--pool_list', 'no-such-pool')
    equal(messaging('flavor delete', name), '')
    equal(messaging('flavor delete', name), '')
    assert 'Code: 404' in refused('flavor show', name)
    assert not shown('pool show', first)['Flavor']


def refusals():
    assert 'Code: 403. Title: Not authorized' in refused('health')
    assert 'Code: 403' in refused('pool list')
    equal(shown('ping'), {'Pingable': True})
    code, _, errors = run('--os-password', 'wrong', 'messaging', 'ping')
    assert code == 1 and '401' in errors, errors


PARTS = {part.__name__: part for part in [documents, queues, claims, subscriptions, signed_urls, pools, flavors, refusals]}
PARTS['messages'] = post_and_list

PARTS[PART]()
print(PART + ': passed')
