"""Make and measure the packaged model. None of this is deployed."""
