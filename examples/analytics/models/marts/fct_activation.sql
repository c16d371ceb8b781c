with first_orders as (

    select
        user_id,
        min(ordered_at) as first_ordered_at
    from {{ ref('stg_orders') }}
    group by user_id

)

select
    users.signup_week,
    count(*) as users,
    count(*) filter (
        where first_orders.first_ordered_at < users.signed_up_at + interval 7 day
    ) as activated_users,
    round(activated_users / count(*), 4) as activation_rate
from {{ ref('dim_users') }} as users
left join first_orders on first_orders.user_id = users.user_id
group by users.signup_week
