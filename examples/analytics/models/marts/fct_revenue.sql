with paid as (

    select
        orders.user_id,
        cast(charges.charged_at as date) as revenue_date,
        charges.amount_cents - charges.refunded_cents as revenue_cents
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('stg_charges') }} as charges on charges.order_id = orders.order_id
    where charges.status = 'succeeded'

),

attributed as (

    select
        paid.revenue_date,
        paid.revenue_cents,
        coalesce(users.country, 'unknown') as country,
        coalesce(attribution.first_channel, 'none') as channel
    from paid
    left join {{ ref('dim_users') }} as users on users.user_id = paid.user_id
    left join {{ ref('fct_attribution') }} as attribution on attribution.user_id = paid.user_id

)

select
    concat_ws('|', revenue_date, country, channel) as revenue_key,
    revenue_date,
    country,
    channel,
    count(*) as charges,
    cast(sum(revenue_cents) as bigint) as revenue_cents
from attributed
group by revenue_date, country, channel
