#!/bin/sh
# A streaming standby: a copy of the primary on an empty volume, then PostgreSQL as it is.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    PGPASSWORD="$REPLICATION_PASSWORD" pg_basebackup --host=primary --username=replication \
        --pgdata="$PGDATA" --checkpoint=fast --wal-method=stream --write-recovery-conf
    chmod 0700 "$PGDATA"
fi
exec postgres -c hot_standby_feedback=on
