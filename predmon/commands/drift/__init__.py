"""`predmon drift`: references, reports and simulations."""
