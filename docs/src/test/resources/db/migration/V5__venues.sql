create table venue (id bigint primary key, name text not null, seats int not null check (seats >= 0));
