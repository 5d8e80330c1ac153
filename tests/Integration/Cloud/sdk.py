"""One part of a session of openstacksdk's messaging proxy against a running cloud: `sdk.py PART`, with the usual OS_ variables.

Prints `PART: passed` and ends with 0, or with 1 and the traceback of the step that went otherwise. Parts are the functions below.
"""

import sys
import uuid

import openstack
from openstack import exceptions
from openstack.message.v2 import claim as claim_resource

PART = sys.argv[1]

message = openstack.connect().message


def equal(seen, expected):
    assert seen == expected, 'expected %r, saw %r' % (expected, seen)


def missing(call, *arguments, **named):
    try:
        result = call(*arguments, **named)
    except exceptions.NotFoundException:
        return
    raise AssertionError('expected that it is not found, got %r' % result)


def new_queue():
    return 'queue-' + uuid.uuid4().hex


def queues_and_messages():
    names = sorted(new_queue() for _ in range(3))
    for name in names:
        equal(message.create_queue(name=name).id, name)
    described = message.create_queue(name=new_queue(), default_message_ttl=600, description='mine')
    got = message.get_queue(described.id)
    equal((got.default_message_ttl, got.description, got.max_messages_post_size), (600, 'mine', 262144))
    listed = [queue.name for queue in message.queues(limit=2)]
    equal(listed, sorted(set(listed)))
    assert {*names, described.id} <= set(listed), listed

    queue = names[0]
    posted = message.post_message(queue, [{'body': {'number': number}, 'ttl': 300} for number in range(5)])
    equal(len(posted), 5)
    ids = [path.split('/')[-1] for path in posted]
    # Every call is another client's, so that it sees what the last one posted.
    listed = list(message.messages(queue, limit=2))
    equal([one.body for one in listed], [{'number': number} for number in range(5)])
    equal([one.id for one in listed], ids)
    one = message.get_message(queue, ids[0])
    equal((one.id, one.body, one.ttl, one.href), (ids[0], {'number': 0}, 300, '/v2/queues/%s/messages/%s' % (queue, ids[0])))
    assert 0 <= one.age < 300, one.age

    message.delete_message(queue, ids[0])
    message.delete_message(queue, ids[0])
    missing(message.get_message, queue, ids[0])
    equal([one.id for one in message.messages(queue)], ids[1:])

    for name in [*names, described.id]:
        message.delete_queue(name)
        message.delete_queue(name)
    missing(message.get_message, queue, ids[1])


def claims():
    queue = new_queue()
    nothing = message.create_claim(queue, ttl=100, grace=60)
    equal(nothing.messages, None)

    message.post_message(queue, [{'body': number, 'ttl': 300} for number in range(4)])
    # Not create_claim: it takes its own idea of where the resource is for the Location of the answer, whatever that is, and breaks.
    claim = claim_resource.Claim.new(queue_name=queue, ttl=100, grace=60, limit=2)
    claim.create(message)
    # The limit stands in the body, where the service does not look, as the original does not.
    equal([one['body'] for one in claim.messages], [0, 1, 2, 3])
    got = message.get_claim(queue, claim)
    equal((got.ttl, [one['body'] for one in got.messages]), (100, [0, 1, 2, 3]))
    assert 0 <= got.age < 100, got.age

    message.update_claim(queue, claim, ttl=200, grace=70)
    equal(message.get_claim(queue, claim).ttl, 200)

    first = got.messages[0]['id']
    message.delete_message(queue, first, claim=claim.id)
    missing(message.get_message, queue, first)
    message.delete_claim(queue, claim.id)
    message.delete_claim(queue, claim.id)
    missing(message.get_claim, queue, claim)
    equal([one.body for one in message.messages(queue)], [1, 2, 3])


def subscriptions():
    queue = new_queue()
    equal(list(message.subscriptions(queue)), [])
    hook = 'http://example.com/hook'
    made = message.create_subscription(queue, subscriber=hook, ttl=600, options={'kind': 'news'})
    got = message.get_subscription(queue, made.id)
    equal((got.subscriber, got.ttl, got.options, got.source), (hook, 600, {'kind': 'news'}, queue))
    assert 0 <= got.age < 600, got.age

    others = [message.create_subscription(queue, subscriber='%s%d' % (hook, number), ttl=600).id for number in range(4)]
    equal([one.id for one in message.subscriptions(queue, limit=2)], [made.id, *others])

    trusted = message.create_subscription(queue, subscriber='trust+' + hook, ttl=600)
    assert message.get_subscription(queue, trusted.id).options['trust_id']

    for subscription in [made.id, trusted.id]:
        message.delete_subscription(queue, subscription)
        message.delete_subscription(queue, subscription)
    missing(message.get_subscription, queue, made.id)
    equal([one.id for one in message.subscriptions(queue)], others)


{part.__name__: part for part in [queues_and_messages, claims, subscriptions]}[PART]()
print(PART + ': passed')
