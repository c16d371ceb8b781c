select
    order_id,
    user_id,
    status,
    ordered_at,
    gross_cents,
    discount_cents,
    gross_cents - discount_cents as net_cents
from {{ ref('stg_orders') }}
