"""Builds a dashboard only while the product it uses is healthy.

Copy it into your folder of DAGs, and give the product, the store and what to do. The environment of
the worker needs `pip install 'datahub-dataproducts[actions]'`.

`check` exits with 0 when the product is as required, with 1 when it is not, and with 2 when that
cannot be told: nothing is known of it, or what is known is older than `--max-age`. Here 1 skips what
comes after without a fault, since people were told of the product already, and 2 fails and is tried
again, since somebody has to look.
"""

from datetime import datetime, timedelta, timezone

# Airflow 3; in Airflow 2 these are airflow.operators.bash.BashOperator and airflow.DAG.
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

CHECK = """
datahub-dataproducts check revenue \
    --store "${HEALTH_STORE:-sqlite:////var/lib/datahub-dataproducts/health.db}" \
    --require at_risk --max-age 26h
"""

with DAG(
    dag_id="revenue_dashboard",
    schedule="30 8 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=15)},
) as dag:
    is_revenue_good_enough = BashOperator(
        task_id="is_revenue_good_enough",
        bash_command=CHECK,
        skip_on_exit_code=1,
    )
    refresh_dashboard = BashOperator(task_id="refresh_dashboard", bash_command="echo refreshing")
    is_revenue_good_enough >> refresh_dashboard
