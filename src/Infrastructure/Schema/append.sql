-- Moves Marten's streams on, each from the version that it was read at: the fence between nodes. All of them or none.
-- Known streams first, in the order given, then new ones: nodes that append to the same queues wait for each other in one order.
create or replace procedure move_streams(tenants text[], keys text[], befores bigint[], afters bigint[]) language plpgsql as
$$
declare
    moved int;
    opened int;
begin
    update mt_streams s set version = m.after, timestamp = now()
    from (
        select w.*, x.row from unnest(tenants, keys, befores, afters) as w(tenant, key, before, after)
        cross join lateral (select s.ctid as row from mt_streams s where s.tenant_id = w.tenant and s.id = w.key offset 0) x
        where w.before > 0 offset 0) m
    where s.ctid = m.row and s.version = m.before and not s.is_archived;
    get diagnostics moved = row_count;

    if moved < cardinality(keys) then
        insert into mt_streams (tenant_id, id, version, timestamp)
        select w.tenant, w.key, w.after, now() from unnest(tenants, keys, befores, afters) as w(tenant, key, before, after)
        where w.before = 0 on conflict do nothing;
        get diagnostics opened = row_count;

        if moved + opened < cardinality(keys) then
            raise exception 'Another node has appended to one of these streams.' using errcode = 'MT003';
        end if;
    end if;
end
$$;

-- Events are only ever added, and found by keys: a vacuum has nothing to clear but for what retention drops, and statistics tell nothing new.
alter table mt_events set (autovacuum_vacuum_insert_scale_factor = 1, autovacuum_analyze_scale_factor = 1, autovacuum_vacuum_cost_delay = 1);
