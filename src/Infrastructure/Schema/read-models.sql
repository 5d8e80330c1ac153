-- The read models. Only QueueProjection, SubscriptionProjection and PoolProjection write them, from events; they can be dropped and rebuilt at any time.
-- Rows of one queue share the key of its incarnation, so that a queue made anew never meets the rows of the one before.

create table if not exists queue (
    project text collate "C" not null,
    name text collate "C" not null,
    id uuid not null,
    incarnation int not null,
    segment int not null,
    version bigint not null,            -- events in the segment's stream; the fence between nodes
    deleted boolean not null,           -- keeps the incarnation from being used twice
    created_at timestamptz not null,
    metadata text not null,
    delays boolean not null,
    next_number bigint not null,
    frontier bigint not null,           -- no undelayed message from here on was ever claimed
    total bigint not null,
    segment_start bigint not null,
    primary key (project, name)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
create unique index if not exists queue_id on queue (id);
alter table queue add column if not exists held text;  -- by a move: leaving, arriving (deleted, too, so that nobody sees it), gone (likewise); else null
alter table queue add column if not exists move uuid;  -- which move; null exactly when held is

create table if not exists message (
    queue_id uuid not null,
    number bigint not null,
    id uuid not null,
    posted_at timestamptz not null,
    visible_at timestamptz not null,
    expires_at timestamptz not null,
    ttl bigint not null,                -- seconds, as reported
    claim_count int not null,
    moved boolean not null,             -- dead-lettered: its id tells its place in another queue
    client text not null,
    checksum text,
    body bytea not null,
    primary key (queue_id, number)
);
-- A vacuum walks all indexes, so a deep queue waits for more dead rows than a shallow one; no walk of ours starts before dead rows.
alter table message set (autovacuum_vacuum_scale_factor = 0.2, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 2,
    autovacuum_analyze_scale_factor = 1, autovacuum_vacuum_cost_delay = 1);
create index if not exists message_expires on message (expires_at);
create index if not exists message_moved on message (queue_id, id) where moved;

-- Unclaimed messages that do not simply stand in line behind the frontier: delayed ones, and those that a claim gave back.
create table if not exists loose (
    queue_id uuid not null,
    number bigint not null,
    visible_at timestamptz not null,
    primary key (queue_id, number)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);
create index if not exists loose_visible on loose (queue_id, visible_at);

create table if not exists claim (
    queue_id uuid not null,
    id uuid not null,
    lo bigint not null,                 -- the least and the greatest of its numbers
    hi bigint not null,
    numbers bigint[] not null,          -- as claimed; those that were deleted since are not taken out
    ttl bigint not null,
    grace bigint not null,
    renewed_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (queue_id, id)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index if not exists claim_reach on claim (queue_id, lo, hi);
create index if not exists claim_expires on claim (queue_id, expires_at);
create index if not exists claim_due on claim (expires_at);

-- Incarnations that were deleted and whose rows the sweeper still has to clear away.
create table if not exists grave (
    queue_id uuid primary key
);

-- Letters of dead letters that came from other databases: what comes again is known by it, also when its messages are long gone. Kept for a
-- time, then swept.
create table if not exists letter_received (
    letter uuid primary key,
    queue_id uuid not null,
    at timestamptz not null
);
create index if not exists letter_received_at on letter_received (at);

-- Written by SubscriptionProjection alone. Ids rise with time, so their order is that of creation.
create table if not exists subscription (
    project text collate "C" not null,
    queue text collate "C" not null,
    id uuid primary key,
    subscriber text collate "C" not null,
    ttl bigint not null,
    options text not null,              -- JSON, as given
    confirmed boolean not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    version bigint not null,            -- events in its stream; the fence between nodes
    unique (project, queue, subscriber)
);
alter table subscription add column if not exists node uuid;   -- whose connection the subscriber is; null where it is reached by its URI
create index if not exists subscription_node on subscription (node) where node is not null;
create index if not exists subscription_page on subscription (project, queue, id);
create index if not exists subscription_expires on subscription (expires_at);

-- Pools and flavors, written by PoolProjection alone, and read in the home database only. Which pools are of a flavor the pools say, by its name.
create table if not exists pool (
    name text collate "C" primary key,
    uri text not null,                  -- its password as ***
    sealed text,                        -- base64: the uri with its password, sealed for pool/NAME; null where there was no password and no key
    target text collate "C" not null,   -- host:port/database; no two pools have the same
    weight bigint not null,
    flavor text collate "C",
    options text not null,              -- JSON, as given
    version bigint not null             -- events in its stream, those of earlier pools of its name too
);
create index if not exists pool_flavor on pool (flavor, name);

create table if not exists flavor (
    project text collate "C" not null,
    name text collate "C" not null,
    primary key (project, name)
);

-- What is to be told to whom, and what became of it. No read model: it begins where the relay has passed an event, and is kept for the
-- retention time.
create table if not exists delivery (
    id uuid primary key,                -- rises with time
    project text collate "C" not null,
    queue text collate "C" not null,
    subscription uuid not null,
    kind text not null,                 -- as NoticeKind
    event bigint not null,              -- mt_events.seq_id of what it tells of
    message uuid,                       -- the message's id; null for a confirmation
    status text not null,               -- waiting, delivered, failed
    attempts int not null,              -- made so far, since it was last asked for
    created_at timestamptz not null,
    next_at timestamptz,                -- null when it has ended
    tried_at timestamptz,
    ended_at timestamptz,
    last_status int,                    -- what the subscriber last answered, if it did
    last_reason text,                   -- why the last attempt did not end it well
    latency_ms int                      -- of the last attempt
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
create index if not exists delivery_page on delivery (subscription, id);
create index if not exists delivery_failed on delivery (subscription, id) where status = 'failed';
create index if not exists delivery_due on delivery (subscription, next_at, id) where status = 'waiting';
create index if not exists delivery_late on delivery (next_at) where status = 'waiting';
create index if not exists delivery_over on delivery (ended_at) where status <> 'waiting';

-- Queues whose history is being copied here by a move, which is not complete. No read model: what there is of such a queue is none of this
-- database's until the row is gone.
create table if not exists arrival (
    project text collate "C" not null,
    name text collate "C" not null,
    move uuid not null,
    began_at timestamptz not null default now(),
    primary key (project, name)
);

-- Dead letters on their way to queues in other databases. No read model: a letter begins where its queue's event ends, and is gone once its
-- receiver has it for certain. Nothing but LetterBox touches these.
create table if not exists letter (
    id uuid primary key,
    position bigint generated always as identity,   -- rises along each queue that sends
    project text collate "C" not null,
    source text collate "C" not null,
    target text collate "C" not null,
    ttl bigint,                         -- seconds that its messages live from their arrival; null keeps what they had
    client text not null,               -- whose claim it was, in four
    user_id text,
    request text not null,
    transport text not null,
    bytes bigint not null,              -- of its bodies
    sent_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index if not exists letter_line on letter (project, target, position);

create table if not exists letter_message (
    letter uuid not null,
    number bigint not null,             -- its place in the queue that it left
    id uuid not null,
    posted_at timestamptz not null,
    expires_at timestamptz not null,
    ttl bigint not null,
    claim_count int not null,
    client text,
    checksum text,
    body bytea not null,                -- as the queue that it left had it
    primary key (letter, number)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

-- When a node whose connections are subscribers last said that it lives. No read model: nobody needs its past.
create table if not exists node (
    id uuid primary key,
    seen_at timestamptz not null
);

-- Wakes who waits on other nodes. A procedure, because a select would return rows in the middle of a batch of writes.
create or replace procedure announce(replenished text) language plpgsql as
$$ begin perform pg_notify('zaqar_replenished', replenished); end $$;

-- Wakes the relay, on whichever node it runs: the channel that Marten's daemon listens to.
create or replace procedure wake_relay() language plpgsql as
$$ begin perform pg_notify('mt_events_appended', ''); end $$;

-- Which pool each queue's name is in; a name without a row is in none, or in this database. Written by CatalogueProjection alone.
create table if not exists placement (
    project text collate "C" not null,
    queue text collate "C" not null,
    pool text collate "C" not null,     -- where it is served; '' is this database
    move uuid,                          -- under way, or the last one if it failed; null with the next three
    moving_from text collate "C",
    moving_to text collate "C",
    move_started timestamptz,
    state text,                         -- of the move: moving, switched (served from where it moves to), failing, failed
    failure text,                       -- why it is failing or has failed
    primary key (project, queue)
);
create index if not exists placement_pool on placement (pool);
create index if not exists placement_move on placement (move) where move is not null;
create index if not exists placement_moving on placement (move) where state <> 'failed';

-- How far the moves have come that are under way. No read model: it tells who waits, and nobody needs its past.
create table if not exists move_progress (
    move uuid primary key,
    copied bigint not null,             -- rows
    total bigint not null
);

-- Tells all nodes that what they remember of the catalogue is over.
create or replace procedure announce_catalogue(changed text) language plpgsql as
$$ begin perform pg_notify('zaqar_catalogue', changed); end $$;
