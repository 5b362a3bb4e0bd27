"""How the packaged model is made and measured; none of it is deployed."""
