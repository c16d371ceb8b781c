select * exclude (loaded_at) rename (id as order_id)
from {{ source('shop', 'orders') }}
