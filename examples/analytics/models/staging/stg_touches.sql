select
    id as touch_id,
    user_id,
    channel,
    campaign,
    touched_at
from {{ source('marketing', 'touches') }}
