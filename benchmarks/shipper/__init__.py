"""The shipper against the floor and against the shipper that most tutorials show."""
