"""One part of a session of WebSocket clients against a running service: `websocket_session.py URL PROJECT PART`.

Prints `PART: passed` and ends with 0, or with 1 and the traceback of the step that went otherwise. Parts are the functions below: those
of `client_` use python-zaqarclient's transport for WebSockets, those of `plain_` python3-websocket alone.
"""

import json
import sys
import uuid

import msgpack
import websocket
from zaqarclient import transport
from zaqarclient.transport import errors
from zaqarclient.transport import request

URL, PROJECT, PART = sys.argv[1:]
UNKNOWN = '3381af92-2b9e-11e3-b191-71861300734c'


def equal(seen, expected):
    assert seen == expected, 'expected %r, saw %r' % (expected, seen)


def refused(error, call, *args, **kwargs):
    """Expects the error that the client makes of a refusal; answers it."""
    try:
        result = call(*args, **kwargs)
    except error as refusal:
        return refusal
    raise AssertionError('expected %s, got %r' % (error.__name__, result))


class Client:
    """python-zaqarclient's transport, and the requests of its documentation."""

    def __init__(self):
        self.transport = transport.get_transport_for(URL, version=2, options={
            'auth_opts': {'backend': 'keystone', 'options': {'os_auth_token': 'any', 'os_project_id': PROJECT}}})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.transport.cleanup()

    def ask(self, operation, **body):
        """Answers status and body."""
        content = json.dumps(body) if body else None
        response = self.transport.send(request.Request(URL, operation, content=content))
        return response.status_code, response.deserialized_content

    def post(self, queue, *bodies):
        """Posts one message per body; answers their ids."""
        status, body = self.ask('message_post', queue_name=queue, messages=[{'body': one, 'ttl': 300} for one in bodies])
        equal(status, 201)
        return body['message_ids']


def client_queues():
    with Client() as client:
        equal(client.ask('queue_list'), (200, {'queues': []}))
        equal(client.ask('queue_create', queue_name='birds', metadata={'colour': 'blue'})[0], 201)
        equal(client.ask('queue_create', queue_name='birds')[0], 204)
        equal(client.ask('queue_create', queue_name='bees')[0], 201)
        equal(client.ask('queue_get', queue_name='birds'), (200, {'colour': 'blue'}))
        equal(client.ask('queue_list', detailed=True)[1], {'queues': [
            {'name': 'bees', 'metadata': {}}, {'name': 'birds', 'metadata': {'colour': 'blue'}}]})
        equal(client.ask('queue_list', marker='bees', limit=1)[1], {'queues': [{'name': 'birds'}]})
        equal(client.ask('queue_get_stats', queue_name='birds'), (200, {'messages': {'claimed': 0, 'free': 0, 'total': 0}}))
        equal(client.ask('queue_purge', queue_name='birds'), (204, {}))
        equal(client.ask('queue_delete', queue_name='birds')[0], 204)
        equal(client.ask('queue_list')[1], {'queues': [{'name': 'bees'}]})


def client_messages():
    bodies = [None, True, -1, 1.5, 'é\u2603\U0001d11e', [], {}, {'a': [{'b': None}]}, 2 ** 63 - 1]
    with Client() as client, Client() as other:
        ids = client.post('q', *bodies)
        equal(client.ask('message_list', queue_name='q'), (200, {'messages': []}))
        listed = other.ask('message_list', queue_name='q', limit=20)[1]['messages']
        equal([message['body'] for message in listed], bodies)
        equal([message['id'] for message in listed], ids)
        equal(set(listed[0]), {'id', 'claim_id', 'ttl', 'age', 'body'})
        equal(client.ask('message_get', queue_name='q', message_id=ids[3])[1]['messages']['body'], 1.5)
        many = client.ask('message_get_many', queue_name='q', message_ids=ids[:2])[1]['messages']
        equal(sorted(message['id'] for message in many), sorted(ids[:2]))
        equal(client.ask('message_delete', queue_name='q', message_id=ids[0]), (204, {}))
        equal(client.ask('message_delete_many', queue_name='q', message_ids=ids[1:3]), (204, {}))
        popped = client.ask('message_delete_many', queue_name='q', pop=2)[1]['messages']
        equal([message['id'] for message in popped], ids[3:5])
        left = client.ask('message_list', queue_name='q', echo=True)[1]['messages']
        equal([message['id'] for message in left], ids[5:])


def client_claims():
    with Client() as client:
        ids = client.post('q', 1, 2, 3)
        status, claim = client.ask('claim_create', queue_name='q', ttl=100, grace=60, limit=2)
        equal(status, 201)
        equal([message['id'] for message in claim['messages']], ids[:2])
        equal(client.ask('claim_update', queue_name='q', claim_id=claim['claim_id'], ttl=200, grace=60)[0], 204)
        shown = client.ask('claim_get', queue_name='q', claim_id=claim['claim_id'])[1]
        equal((shown['ttl'], [message['body'] for message in shown['messages']]), (200, [1, 2]))
        refused(errors.ForbiddenError, client.ask, 'message_delete', queue_name='q', message_id=ids[0])
        equal(client.ask('message_delete', queue_name='q', message_id=ids[0], claim_id=claim['claim_id'])[0], 204)
        equal(client.ask('claim_delete', queue_name='q', claim_id=claim['claim_id'])[0], 204)
        equal(len(client.ask('claim_create', queue_name='q')[1]['messages']), 2)
        equal(client.ask('claim_create', queue_name='q')[0], 204)


def client_subscriptions():
    with Client() as client, Client() as other:
        status, made = client.ask('subscription_create', queue_name='q', ttl=600)
        equal(status, 201)
        refused(errors.ConflictError, client.ask, 'subscription_create', queue_name='q')
        listed = other.ask('subscription_list', queue_name='q')[1]['subscriptions']
        equal([(one['id'], one['source'], one['ttl']) for one in listed], [(made['subscription_id'], 'q', 600)])

        other.post('q', {'e': 'é'}, 2)
        equal(client.transport.recv(), {'ttl': 300, 'body': {'e': 'é'}, 'Message_Type': 'Notification', 'queue_name': 'q'})
        equal(client.transport.recv()['body'], 2)

        equal(client.ask('subscription_delete', queue_name='q', subscription_id=made['subscription_id'])[0], 204)
        equal(other.ask('subscription_list', queue_name='q')[1], {'subscriptions': []})


def client_refusals():
    with Client() as client:
        assert 'not a valid action' in str(refused(errors.MalformedRequest, client.ask, 'nonsense'))
        assert 'Schema validation failed.' in str(refused(errors.MalformedRequest, client.ask, 'queue_get', queue=1))
        refused(errors.MalformedRequest, client.ask, 'queue_create', queue_name='no name')
        refused(errors.MalformedRequest, client.ask, 'ping_node')
        refused(errors.ResourceNotFound, client.ask, 'message_get', queue_name='q', message_id=UNKNOWN)
        refused(errors.ResourceNotFound, client.ask, 'message_list', queue_name='q')
        refused(errors.ResourceNotFound, client.ask, 'queue_get_stats', queue_name='q')
        refused(errors.ResourceNotFound, client.ask, 'claim_get', queue_name='q', claim_id=UNKNOWN)
        equal(client.ask('queue_list')[0], 200)


class Plain:
    """A connection of python3-websocket's."""

    def __init__(self, **options):
        self.socket = websocket.create_connection(URL, timeout=30, **options)
        self.headers = {'Client-ID': str(uuid.uuid4()), 'X-Project-ID': PROJECT}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def frame(self, action, **body):
        return json.dumps(dict({'action': action, 'headers': self.headers}, **({'body': body} if body else {})))

    def receive(self):
        opcode, data = self.socket.recv_data()
        equal(opcode, websocket.ABNF.OPCODE_TEXT)
        return json.loads(data.decode('ascii'))

    def ask(self, action, **body):
        self.socket.send(self.frame(action, **body))
        return self.receive()


def plain_requests():
    with Plain() as plain:
        reply = plain.ask('message_post', queue_name='q', messages=[{'body': 'é', 'ttl': 60}])
        equal(set(reply), {'request', 'body', 'headers'})
        equal(reply['headers'], {'status': 201})
        equal(reply['request'], {'action': 'message_post', 'headers': plain.headers, 'api': 'v2',
                                 'body': {'queue_name': 'q', 'messages': [{'body': 'é', 'ttl': 60}]}})
        equal(plain.ask('message_list', queue_name='q', echo=True)['body']['messages'][0]['body'], 'é')
        equal(plain.ask('nonsense')['body'], {'error': 'nonsense is not a valid action'})
        plain.socket.send('no json')
        reply = plain.receive()
        equal((reply['headers'], reply['request']['action']), ({'status': 400}, None))


def plain_pipeline():
    with Plain() as plain:
        for number in range(300):
            plain.socket.send(plain.frame('message_post', queue_name='q', messages=[{'body': number}]))
            plain.socket.send(plain.frame('queue_get_stats', queue_name='q'))
        for number in range(300):
            equal(plain.receive()['headers']['status'], 201)
            equal(plain.receive()['body']['messages']['total'], number + 1)


def plain_notifications():
    with Plain() as plain, Plain() as poster:
        equal(plain.ask('subscription_create', queue_name='q')['headers']['status'], 201)
        for number in range(0, 100, 10):
            messages = [{'body': number + offset, 'ttl': 60} for offset in range(10)]
            equal(poster.ask('message_post', queue_name='q', messages=messages)['headers']['status'], 201)
        for number in range(100):
            equal(plain.receive(), {'ttl': 60, 'body': number, 'Message_Type': 'Notification', 'queue_name': 'q'})


def plain_message_pack():
    body = {'a': [None, True, -1, 2 ** 63 - 1, -2 ** 63, 1.5, 0.1, 1.0, 1e300, 'é\u2603\U0001d11e', {}, []], 'b' * 300: list(range(70000, 70020))}
    with Plain() as plain, Plain() as poster:
        def ask(action, **content):
            plain.socket.send_binary(msgpack.packb({'action': action, 'headers': plain.headers, 'body': content}))
            return receive()

        def receive():
            opcode, data = plain.socket.recv_data()
            equal(opcode, websocket.ABNF.OPCODE_BINARY)
            return msgpack.unpackb(data)

        reply = ask('message_post', queue_name='q', messages=[{'body': body, 'ttl': 60}])
        equal(reply['headers'], {'status': 201})
        equal(reply['request'], {'action': 'message_post', 'headers': plain.headers, 'api': 'v2',
                                 'body': {'queue_name': 'q', 'messages': [{'body': body, 'ttl': 60}]}})
        listed = ask('message_list', queue_name='q', echo=True)['body']['messages'][0]
        equal(listed['body'], body)
        equal(list(listed['body']), list(body))
        equal([type(one) for one in listed['body']['a']], [type(one) for one in body['a']])
        equal(poster.ask('message_list', queue_name='q')['body']['messages'][0]['body'], body)

        equal(ask('subscription_create', queue_name='q')['headers']['status'], 201)
        poster.ask('message_post', queue_name='q', messages=[{'body': body, 'ttl': 60}])
        equal(receive(), {'ttl': 60, 'body': body, 'Message_Type': 'Notification', 'queue_name': 'q'})


def plain_frames():
    with Plain() as plain:
        plain.socket.ping('still there')
        opcode, data = plain.socket.recv_data(control_frame=True)
        equal((opcode, data), (websocket.ABNF.OPCODE_PONG, b'still there'))

        whole = plain.frame('queue_create', queue_name='q').encode()
        for at, opcode, last in (0, websocket.ABNF.OPCODE_TEXT, 0), (1, websocket.ABNF.OPCODE_CONT, 0), (2, websocket.ABNF.OPCODE_CONT, 1):
            third = len(whole) // 3
            piece = whole[at * third:] if last else whole[at * third:(at + 1) * third]
            plain.socket.send_frame(websocket.ABNF.create_frame(piece, opcode, last))
        equal(plain.receive()['headers']['status'], 201)

        plain.socket.send_close(1000, b'done')
        opcode, data = plain.socket.recv_data(control_frame=True)
        equal((opcode, data[:2]), (websocket.ABNF.OPCODE_CLOSE, b'\x03\xe8'))


def plain_origins():
    refusal = refused(websocket.WebSocketBadStatusException, Plain, origin='http://evil.example')
    equal(refusal.status_code, 403)
    with Plain(suppress_origin=True) as plain:
        equal(plain.ask('queue_list')['headers']['status'], 200)


PARTS = [client_queues, client_messages, client_claims, client_subscriptions, client_refusals,
         plain_requests, plain_pipeline, plain_notifications, plain_message_pack, plain_frames, plain_origins]

{part.__name__: part for part in PARTS}[PART]()
print(PART + ': passed')
