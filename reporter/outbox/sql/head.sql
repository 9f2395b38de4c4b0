-- Delivery and `status`: the last entry of the chain. One look-up.
SELECT epoch, sequence, hash, accepted_at_us FROM entry
ORDER BY epoch DESC, sequence DESC LIMIT 1;
