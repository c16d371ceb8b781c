#!/bin/sh
# Builds with dbt only while the products that the build reads are healthy.
#
#   recipes/gates/dbt.sh users,rates --select marts
#
# The first argument names the products, all others go to `dbt build`. HEALTH_STORE is the store of
# the action. Or go by what DataHub shows, and let `check` read it: replace --store by
# --catalog "$DATAHUB_GMS_URL", with the token in DATAHUB_GMS_TOKEN.
#
# Exit code: that of dbt; 1 when a product is not as required, 2 when that cannot be told (nothing is
# known of it, or what is known is older than a day and two hours). dbt is not started then.
set -eu

products=$(printf '%s' "${1:?name the products, with commas between them}" | tr ',' ' ')
shift

# Unquoted: one word for each product.
# shellcheck disable=SC2086
datahub-dataproducts check $products \
    --store "${HEALTH_STORE:-sqlite:///health.db}" \
    --require "${REQUIRE:-at_risk}" --max-age "${MAX_AGE:-26h}"

exec dbt build "$@"
