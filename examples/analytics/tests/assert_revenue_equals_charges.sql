-- Every euro that Stripe has charged and not refunded is in the revenue, once.
with revenue as (
    select coalesce(sum(revenue_cents), 0) as cents from {{ ref('fct_revenue') }}
),

charges as (
    select coalesce(sum(amount_cents - refunded_cents), 0) as cents
    from {{ ref('stg_charges') }}
    where status = 'succeeded'
)

select
    revenue.cents as revenue_cents,
    charges.cents as charged_cents
from revenue
cross join charges
where revenue.cents <> charges.cents
