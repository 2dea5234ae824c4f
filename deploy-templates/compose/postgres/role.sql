-- Once, when the data are made: the role of the service, which owns its database and may do nothing else. Who finds a
-- hole in its SQL has not the server with it, where a superuser can run programs.
\set password `cat /run/secrets/db-password`
create role app login password :'password';
create database app owner app;
-- The superuser is for people, in the container: docker compose exec db psql --username=postgres. Without a password
-- nobody comes as it from the network.
alter role postgres password null;
