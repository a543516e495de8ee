"""Which fields of a trade and of a refund we ask TOP for: what is not asked for is not answered."""

TRADE_FIELDS = (
    "tid,status,type,step_trade_status,created,modified,pay_time,consign_time,end_time,delivery_time,"
    "payment,post_fee,total_fee,discount_fee,buyer_open_uid,has_buyer_message,receiver_name,receiver_state,"
    "receiver_city,receiver_district,receiver_town,receiver_address,receiver_zip,receiver_mobile,"
    "receiver_phone,oaid,orders"
)
"""What the list gives; `orders` stands for every field of the lines."""

DETAIL_FIELDS = f"{TRADE_FIELDS},buyer_message,send_time,new_presell,logistics_infos"
"""What the buyer wrote, and what the platform demands of the shipping, is only in the single trade."""

REFUND_FIELDS = (
    "refund_id,tid,oid,status,dispute_type,has_good_return,refund_fee,num,refund_phase,refund_version,sid,"
    "company_name,modified"
)
