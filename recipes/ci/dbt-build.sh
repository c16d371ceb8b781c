#!/usr/bin/env bash
# Builds with dbt and publishes what came of it, also of a build that failed: that is when it matters.
#
#   recipes/ci/dbt-build.sh --select marts
#
# All arguments go to `dbt build`. To be run in the dbt project, after `dbt deps`, with what
# recipes/ingest/ci.yml wants: DATAHUB_GMS_URL, DATAHUB_GMS_TOKEN and TARGET_PLATFORM. RECIPE is the
# recipe to run, DBT_TARGET_PATH where dbt writes, as for dbt itself.
#
# Exit code: that of dbt where the build failed, else that of `datahub ingest`: 1 when a product is
# wrong, a file cannot be read, or DataHub did not take something.
set -uo pipefail

recipe="${RECIPE:-recipes/ingest/ci.yml}"
target="${DBT_TARGET_PATH:-target}"

# What an earlier run left there is not what this one did.
rm -f "$target/run_results.json" "$target/sources.json"

# A source that is late makes it fail, which is news and no reason not to build.
dbt source freshness || echo "dbt source freshness ended with $?; what it found is published" >&2
# It writes run results too, if dbt is old enough: those are of no build.
rm -f "$target/run_results.json"

built=0
dbt build "$@" || built=$?

if [ ! -f "$target/manifest.json" ]; then
    echo "dbt wrote no $target/manifest.json: nothing can be published" >&2
    exit "$((built ? built : 1))"
fi
export DBT_MANIFEST="$target/manifest.json" DBT_RUN_RESULTS="" DBT_SOURCES=""
[ -f "$target/run_results.json" ] && DBT_RUN_RESULTS="$target/run_results.json"
[ -f "$target/sources.json" ] && DBT_SOURCES="$target/sources.json"

published=0
datahub ingest -c "$recipe" || published=$?

exit "$((built ? built : published))"
