#!/bin/sh
# Create our namespace and its search attributes where they are missing. Runs in temporalio/admin-tools once the
# server is up (TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where); harmless when repeated.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d

known() {
  temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null
}

# A new namespace is known everywhere only after the servers' caches were refreshed, which takes some seconds.
tries=0
until known >/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || { echo "the namespace $TEMPORAL_NAMESPACE does not appear" >&2; exit 1; }
  sleep 2
done

attribute() {
  known | grep -qw "$1" ||
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}

attribute OrderStage Keyword
attribute Channel Keyword
attribute Shop Keyword
attribute Holds KeywordList
attribute NextDeadline Datetime
attribute SlaState Keyword
attribute OrderTags KeywordList
attribute BusinessId Keyword
attribute AfterSaleStatus Keyword
attribute InterfaceState KeywordList
