select
    id as charge_id,
    order_id,
    amount_cents,
    refunded_cents,
    status,
    charged_at
from {{ source('stripe', 'charges') }}
