#!/bin/sh
# Create or upgrade Temporal's two databases. Runs in temporalio/admin-tools before the server, at every start.
# Upgrading comes first: setup-schema on an existing database would reset its version.
set -eu

tool() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" --port 5432 --user "$POSTGRES_USER" "$@"
}

apply() {
  database=$1
  versions=/etc/temporal/schema/postgresql/v12/$2/versioned
  if said=$(tool --db "$database" update-schema -d "$versions" 2>&1); then
    echo "$database: up to date"
    return
  fi
  case $said in
    *"does not exist"*) echo "$database: new" ;;
    *) echo "$said" >&2; return 1 ;;
  esac
  tool --db "$database" create
  tool --db "$database" setup-schema -v 0.0
  tool --db "$database" update-schema -d "$versions"
}

apply temporal temporal
apply temporal_visibility visibility
