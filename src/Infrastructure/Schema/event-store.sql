-- Events are only ever added, and found by keys: a vacuum has nothing to clear but for what retention drops, and statistics tell nothing new.
alter table mt_events set (autovacuum_vacuum_insert_scale_factor = 1, autovacuum_analyze_scale_factor = 1, autovacuum_vacuum_cost_delay = 1);
