#!/bin/sh
# Makes the role that dunwell works as, once, when the database is new: an ordinary one that owns it. The image's own user is a
# superuser, and PostgreSQL keeps no customer's rows from a superuser (docs/security.md).
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat "${DUNWELL_PASSWORD_FILE:-/run/secrets/database-password}"`
CREATE ROLE dunwell LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
ALTER DATABASE :"DBNAME" OWNER TO dunwell;
SQL
