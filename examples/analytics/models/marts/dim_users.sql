select
    user_id,
    email,
    full_name,
    country,
    plan,
    signed_up_at,
    cast(date_trunc('week', signed_up_at) as date) as signup_week
from {{ ref('stg_users') }}
