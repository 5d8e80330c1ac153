"""One part of a session of python-zaqarclient against a running service: `session.py URL PROJECT PART`.

Prints `PART: passed` and ends with 0, or with 1 and the traceback of the step that went otherwise. Parts are the functions below.
"""

import sys
import uuid

from zaqarclient import errors as client_errors
from zaqarclient.queues.v2 import client as zaqarclient
from zaqarclient.queues.v2 import core
from zaqarclient.transport import errors

URL, PROJECT, PART = sys.argv[1:]

RESERVED = {
    '_max_messages_post_size': 262144,
    '_default_message_ttl': 3600,
    '_default_message_delay': 0,
    '_dead_letter_queue': None,
    '_dead_letter_queue_messages_ttl': None,
    '_max_claim_count': None,
    '_enable_encrypt_messages': False,
}


def connect():
    """A client of its own: messages that it posts are another's to all the rest."""
    return zaqarclient.Client(URL, version=2, conf={
        'auth_opts': {'backend': 'noauth', 'options': {'os_project_id': PROJECT}}})


client = connect()


def equal(seen, expected):
    assert seen == expected, 'expected %r, saw %r' % (expected, seen)


def refused(error, call, *args, **kwargs):
    """Expects the error that the client makes of a refusal; answers its text."""
    try:
        result = call(*args, **kwargs)
    except error as refusal:
        return str(refusal)
    raise AssertionError('expected %s, got %r' % (error.__name__, result))


def bodies_of(messages):
    return [message.body for message in messages]


def post(queue, *contents):
    """Posts one message per body; answers their ids."""
    posted = queue.post([{'body': content, 'ttl': 300} for content in contents])
    return [path.split('/')[-1] for path in posted['resources']]


def exists(name):
    # Queue.exists() refuses itself on v2, before any request; what it would send is still there.
    request, transport = client._request_and_transport()
    return core.queue_exists(transport, request, name)


def documents():
    equal(client.ping(), True)
    home = client.homedoc()['resources']
    equal(home['rel/queue']['href-template'], '/v2/queues/{queue_name}')
    equal(home['rel/queue']['hints']['allow'], ['GET', 'PUT', 'DELETE', 'PATCH'])
    for relation in 'queues', 'messages', 'post_messages', 'claim', 'post_claim', 'ping':
        assert 'rel/' + relation in home, relation


def health():
    # The client names no roles, and without an identity service nobody else does.
    refused(errors.ForbiddenError, client.health)

    request, transport = client._request_and_transport()
    request.headers['X-Roles'] = 'admin'
    report = core.health(transport, request)
    equal(report['storage_reachable'], True)
    for name, operation in report['operation_status'].items():
        assert operation['succeeded'], name
    equal(set(report['message_volume']), {'free', 'claimed', 'total'})


def queues():
    equal(exists('birds'), False)
    client.queue('lazy')
    equal(exists('lazy'), False)  # Without force_create nothing is sent.
    for name in 'birds', 'bees', 'trees':
        client.queue(name, force_create=True)
        client.queue(name, force_create=True)  # Again changes nothing.
    equal(exists('birds'), True)
    refused(client_errors.InvalidOperation, client.queue('birds').exists)

    listed, count = client.queues()
    listed = list(listed)
    equal([queue.name for queue in listed], ['bees', 'birds', 'trees'])
    equal([queue.href for queue in listed], ['/v2/queues/bees', '/v2/queues/birds', '/v2/queues/trees'])
    equal(count, None)

    listed, count = client.queues(with_count=True, limit=1, marker='bees')
    equal([queue.name for queue in listed], ['birds'])
    equal(count, 3)

    client.queue('birds').metadata({'colour': 'blue'})
    listed, _ = client.queues(detailed=True, colour='blue')
    equal([(queue.name, queue.metadata()) for queue in listed], [('birds', dict(RESERVED, colour='blue'))])
    equal([queue.name for queue in client.queues(name='ee')[0]], ['bees', 'trees'])

    client.queue('bees').delete()
    client.queue('bees').delete()
    equal(exists('bees'), False)
    equal([queue.name for queue in client.queues()[0]], ['birds', 'trees'])


def metadata():
    queue = client.queue('tagged', force_create=True)
    equal(queue.metadata(), RESERVED)

    # The client turns a new document into a patch: what is shown and not in it, defaults included, is to be removed.
    equal(queue.metadata({'colour': 'blue', '_default_message_ttl': 600}), dict(RESERVED, colour='blue', _default_message_ttl=600))
    equal(queue.metadata({'colour': ['red', None], 'size': {'x': 1}}), dict(RESERVED, colour=['red', None], size={'x': 1}))
    refused(errors.MalformedRequest, queue.metadata, {'_default_message_ttl': 1})
    equal(queue.metadata(force_reload=True)['size'], {'x': 1})  # Nothing of a refused patch is kept.
    equal(queue.metadata({}), RESERVED)

    # What is shown as null the client adds and then removes, all in one patch. A patch without that quirk goes through.
    equal(queue.metadata({'_dead_letter_queue': 'attic'}), RESERVED)
    patch(queue, add('_dead_letter_queue', 'attic'), add('_max_claim_count', 3))
    equal(client.queue('tagged').metadata(), dict(RESERVED, _dead_letter_queue='attic', _max_claim_count=3))
    refused(errors.ConflictError, patch, queue, {'op': 'replace', 'path': '/metadata/colour', 'value': 'blue'})

    equal(client.queue('missing').metadata(), RESERVED)
    refused(errors.ResourceNotFound, client.queue('missing').metadata, {'colour': 'blue'})


def patch(queue, *changes):
    request, transport = client._request_and_transport()
    return core.queue_update(transport, request, queue.name, list(changes))


def add(key, value):
    return {'op': 'add', 'path': '/metadata/' + key, 'value': value}


def messages():
    queue = client.queue('letters')
    ids = post(queue, 'first', 'second')
    ids += post(queue, 'third')
    queue.post({'body': 'a single one, with the default ttl'})
    equal(len(set(ids)), 3)

    equal(bodies_of(queue.messages()), [])  # One's own are left out,
    equal(bodies_of(queue.messages(echo=True, limit=3)), ['first', 'second', 'third'])  # unless asked for.
    equal(bodies_of(connect().queue('letters').messages(limit=2)), ['first', 'second'])
    equal([message.ttl for message in queue.messages(echo=True)], [300, 300, 300, 3600])

    message = queue.message(ids[1])
    equal((message.id, message.body, message.ttl, message.claim_id), (ids[1], 'second', 300, None))
    equal(message.href, '/v2/queues/letters/messages/' + ids[1])
    assert 0 <= message.age < 300, message.age

    equal(bodies_of(queue.messages(ids[0], ids[2])), ['first', 'third'])
    equal(bodies_of(queue.messages(ids[0], str(uuid.uuid4()))), ['first'])
    refused(errors.ResourceNotFound, queue.messages, str(uuid.uuid4()))
    refused(errors.ResourceNotFound, queue.message, str(uuid.uuid4()))
    refused(errors.ResourceNotFound, queue.message, 'no-such-id')


def bodies():
    contents = [
        None, True, 0, -1.5, 2 ** 63 - 1, -2 ** 63, '', 'Grüße, 你好, \U0001f426', 'line\nbreak\x00nul "quoted" \\', [], {},
        {'z': 1, 'a': {'deep': [[[{'er': None}]]]}}, ['mixed', 1, False], 'x' * 20000,
    ]
    queue = client.queue('parcels')
    ids = post(queue, *contents)
    equal(bodies_of(queue.messages(*ids)), contents)
    equal(bodies_of(queue.claim(limit=20)), contents)


def paging():
    queue = client.queue('stack')
    for batch in range(3):
        post(queue, *range(batch * 15, batch * 15 + 15))
    equal(bodies_of(queue.messages(echo=True, limit=20)), list(range(20)))
    equal(bodies_of(queue.messages(echo=True, limit=7).stream()), list(range(45)))
    equal(bodies_of(connect().queue('stack').messages(limit=15).stream()), list(range(45)))

    queue.claim(limit=10)
    equal(bodies_of(queue.messages(echo=True).stream()), list(range(10, 45)))
    equal(bodies_of(queue.messages(echo=True, include_claimed=True, limit=20).stream()), list(range(45)))

    names = ['queue-%02d' % number for number in range(25)]
    for name in names:
        client.queue(name, force_create=True)
    equal([queue.name for queue in client.queues(limit=4)[0].stream()], names + ['stack'])
    equal([(queue.name, queue.metadata()) for queue in client.queues(limit=20, marker='queue-22', detailed=True)[0].stream()],
          [(name, RESERVED) for name in ('queue-23', 'queue-24', 'stack')])


def claims():
    queue = client.queue('work')
    nothing = queue.claim()  # The client sends a null ttl and grace.
    equal((nothing.id, list(nothing)), (None, []))

    ids = post(queue, 'a', 'b', 'c')
    claim = queue.claim(ttl=100, grace=100, limit=2)
    taken = list(claim)
    equal([message.id for message in taken], ids[:2])
    equal(bodies_of(taken), ['a', 'b'])
    equal([message.claim_id for message in taken], [claim.id, claim.id])
    equal(queue.message(ids[0]).claim_id, claim.id)
    equal(bodies_of(queue.messages(echo=True)), ['c'])
    equal(bodies_of(queue.messages(echo=True, include_claimed=True)), ['a', 'b', 'c'])
    equal(bodies_of(connect().queue('work').claim()), ['c'])  # The other two are spoken for.

    same = queue.claim(id=claim.id)
    equal(same.ttl, 100)
    assert 0 <= same.age < 100, same.age
    equal(bodies_of(same), ['a', 'b'])

    # Renewed beyond the end of its messages, which then outlive it by the grace.
    same.update(ttl=500, grace=200)
    renewed = queue.claim(id=claim.id)
    equal(renewed.ttl, 500)
    assert renewed.age < 100, renewed.age
    equal([message.ttl for message in renewed], [700, 700])
    same.update(ttl=60)
    same.update(grace=60)

    claim.delete()
    claim.delete()
    equal(bodies_of(queue.messages(echo=True)), ['a', 'b'])
    refused(errors.ResourceNotFound, lambda: queue.claim(id=claim.id).age)
    refused(errors.ResourceNotFound, same.update, ttl=100)
    again = queue.claim()
    equal(bodies_of(again), ['a', 'b'])
    assert again.id != claim.id


def deleting():
    queue = client.queue('ballots')
    ids = post(queue, *range(6))
    claimed = list(queue.claim(limit=3))

    # With its claim, by the message; without, by nobody; a claim that does not hold it is no help.
    claimed[0].delete()
    claimed[0].delete()
    refused(errors.ForbiddenError, delete, queue, ids[1])
    refused(errors.MalformedRequest, delete, queue, ids[1], str(uuid.uuid4()))
    refused(errors.MalformedRequest, delete, queue, ids[3], claimed[0].claim_id)
    delete(queue, ids[1], claimed[0].claim_id)

    # By ids, claimed or not.
    queue.message(ids[3]).delete()
    queue.delete_messages(ids[2], ids[4], str(uuid.uuid4()))
    equal(bodies_of(queue.messages(echo=True, include_claimed=True)), [5])
    equal(bodies_of(queue.claim(id=claimed[0].claim_id)), [])
    refused(errors.ResourceNotFound, queue.message, ids[0])


def delete(queue, message, claim=None):
    request, transport = client._request_and_transport()
    core.message_delete(transport, request, queue.name, message, claim)


def pop_purge_and_stats():
    queue = client.queue('ticks')
    nothing = {'messages': {'claimed': 0, 'free': 0, 'total': 0}}
    equal(queue.stats, nothing)
    equal(list(queue.pop()), [])

    ids = post(queue, *range(10))
    popped = list(queue.pop()) + list(queue.pop(3))
    equal([(message.id, message.body, message.claim_count, message.href) for message in popped],
          [(ids[number], number, 0, None) for number in range(4)])
    queue.claim(limit=2)
    counts = queue.stats['messages']
    equal({key: counts[key] for key in ('claimed', 'free', 'total')}, {'claimed': 2, 'free': 4, 'total': 6})
    equal(counts['oldest']['href'], '/v2/queues/ticks/messages/' + ids[4])
    equal(counts['newest']['href'], '/v2/queues/ticks/messages/' + ids[9])
    for end in 'oldest', 'newest':
        equal(set(counts[end]), {'href', 'age', 'created'})

    queue.purge(resource_types=['subscriptions'])
    equal(queue.stats['messages']['total'], 6)
    queue.purge(resource_types=['messages'])  # Claimed ones stay.
    equal((queue.stats['messages']['claimed'], queue.stats['messages']['free']), (2, 0))
    post(queue, 'more')
    queue.purge()
    equal(bodies_of(queue.messages(echo=True, include_claimed=True)), [4, 5])

    queue.delete()
    equal(queue.stats, nothing)


def subscriptions():
    queue = client.queue('news')
    equal(list(queue.subscriptions()), [])
    options = {'post_headers': {'X-Kind': 'news'}, 'secret': 'tell-nobody', 'z': [1, {'a': None}]}
    made = client.subscription('news', subscriber='http://example.com/hook', ttl=600, options=options)
    equal((made.subscriber, made.ttl, made.options, made.confirmed), ('http://example.com/hook', 600, dict(options, secret='***'), False))
    assert 0 <= made.age < 600, made.age
    equal(exists('news'), True)

    # The same again, until it is confirmed, is the same.
    equal(client.subscription('news', subscriber='http://example.com/hook', ttl=60).id, made.id)
    got = client.subscription('news', id=made.id)
    equal((got.subscriber, got.ttl, got.options), (made.subscriber, 600, made.options))

    got.update({'ttl': 1000, 'options': {}})
    again = client.subscription('news', id=made.id)
    equal((again.ttl, again.options, again.subscriber), (1000, {}, made.subscriber))
    got.update({'subscriber': 'mailto:reader@example.com', 'ttl': None, 'options': None})
    equal(client.subscription('news', id=made.id).subscriber, 'mailto:reader@example.com')
    refused(errors.MalformedRequest, got.update, {})
    refused(errors.MalformedRequest, got.update, {'ttl': 59})

    others = [client.subscription('news', subscriber='http://example.com/%d' % number, ttl=60).id for number in range(11)]
    listed = list(queue.subscriptions())
    equal([one.id for one in listed], [made.id] + others)
    equal((listed[0].queue_name, listed[0].confirmed, listed[0].options), ('news', False, {}))
    equal([one.id for one in client.subscriptions('news', limit=5).stream()], [made.id] + others)
    equal([one.id for one in queue.subscriptions(marker=others[8])], others[9:])

    refused(errors.ConflictError, client.subscription('news', id=others[0]).update, {'subscriber': 'mailto:reader@example.com'})
    refused(errors.MalformedRequest, client.subscription, 'news', subscriber='http://127.0.0.1/', ttl=600)
    refused(errors.MalformedRequest, client.subscription, 'news', subscriber='gopher://example.com/', ttl=600)
    refused(errors.ServiceUnavailableError, client.subscription, 'news', subscriber='trust+http://example.com/', ttl=600)

    got.delete()
    got.delete()
    refused(errors.ResourceNotFound, client.subscription, 'news', id=made.id)
    queue.purge(resource_types=['subscriptions'])
    equal(list(queue.subscriptions()), [])


def refusals():
    queue = client.queue('strict')
    for call, arguments in [
            (queue.post, {'messages': []}),
            (queue.post, {'messages': {'ttl': 60}}),
            (queue.post, {'messages': {'body': 1, 'ttl': 59}}),
            (queue.post, {'messages': {'body': 1, 'ttl': '60'}}),
            (queue.post, {'messages': {'body': 1, 'ttl': None}}),
            (queue.post, {'messages': {'body': 2 ** 63}}),
            (queue.post, {'messages': {'body': float('nan')}}),
            (queue.post, {'messages': {'body': 'x' * 262144}}),
            (queue.messages, {'limit': 21}),
            (queue.messages, {'limit': 0}),
            (queue.messages, {'limit': 'ten'}),
            (queue.messages, {'echo': 'TRUE'}),
            (queue.claim, {'ttl': 59}),
            (queue.claim, {'grace': 43201}),
            (queue.claim, {'limit': 21}),
            (queue.pop, {'count': 0}),
            (queue.pop, {'count': 21}),
            (queue.purge, {'resource_types': ['dust']}),
            (client.queues, {'limit': 21}),
    ]:
        text = refused(errors.MalformedRequest, call, **arguments)
        assert ' Title: ' in text and ' Description: ' in text, text  # The client shows ours, not the bare text.
    refused(errors.MalformedRequest, queue.messages, *[str(uuid.uuid4()) for _ in range(21)])
    equal(exists('strict'), False)


def sharing():
    queue = client.queue('shared')
    post(queue, 'for the bearer')
    url = queue.signed_url(paths=['messages'], ttl_seconds=60, methods=['GET', 'POST'])
    equal((url['paths'], url['methods'], url['project']), (['/v2/queues/shared/messages'], ['GET', 'POST'], PROJECT))
    bearer = zaqarclient.Client(URL, version=2, conf={'auth_opts': {'backend': 'signed-url', 'options': {
        'signature': url['signature'], 'expires': url['expires'], 'methods': url['methods'], 'paths': url['paths'],
        'os_project_id': url['project']}}})
    equal(bodies_of(bearer.queue('shared').messages(echo=True)), ['for the bearer'])
    bearer.queue('shared').post({'body': 'from the bearer', 'ttl': 300})
    equal(bodies_of(queue.messages(echo=True)), ['for the bearer', 'from the bearer'])
    refused(errors.ResourceNotFound, bearer.queue('shared').pop)
    refused(errors.ResourceNotFound, bearer.queue('other').messages)
    refused(errors.ResourceNotFound, bearer.queue('shared').claim)

    equal(queue.signed_url()['methods'], ['GET'])
    refused(errors.MalformedRequest, queue.signed_url, paths=['stats'])
    refused(errors.MalformedRequest, queue.signed_url, ttl_seconds=-1)


def not_offered():
    # Pools and flavors: the paths are unknown to the service.
    refused(errors.ResourceNotFound, client.pools)
    refused(errors.ResourceNotFound, client.flavors)


PARTS = [documents, health, queues, metadata, messages, bodies, paging, claims, deleting, pop_purge_and_stats, subscriptions, refusals, sharing,
         not_offered]

{part.__name__: part for part in PARTS}[PART]()
print(PART + ': passed')
