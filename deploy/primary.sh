#!/bin/sh
# Run once by the postgres image, on an empty volume: the roles, the database, who may replicate.
set -eu
psql --set=ON_ERROR_STOP=1 --set=kkb="$KKB_PASSWORD" --set=replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE kkb LOGIN PASSWORD :'kkb';
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'replication';
CREATE DATABASE kkb OWNER kkb;
SQL
echo "host replication replication samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
