create schema bench;
create table bench.message (number bigint generated always as identity primary key, body bytea not null);
