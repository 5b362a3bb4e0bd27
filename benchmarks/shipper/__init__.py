"""Compare the shipper with the floor and with the shipper that most tutorials show."""
