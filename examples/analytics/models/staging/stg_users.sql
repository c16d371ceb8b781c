select
    id as user_id,
    lower(email) as email,
    full_name,
    country,
    plan,
    created_at as signed_up_at
from {{ source('app', 'users') }}
