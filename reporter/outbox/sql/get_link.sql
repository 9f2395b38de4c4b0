-- `status`, `submit --wait`, `catalogue --fetch`. One row.
SELECT connected, endpoint, reason, since_us, greeted_us FROM link;
