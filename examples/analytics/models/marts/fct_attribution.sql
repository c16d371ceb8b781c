select
    user_id,
    arg_min(channel, touched_at) as first_channel,
    arg_max(channel, touched_at) as last_channel,
    count(*) as touches,
    max(touched_at) as last_touched_at
from {{ ref('stg_touches') }}
group by user_id
