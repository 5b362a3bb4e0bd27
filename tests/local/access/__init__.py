"""A package, so that the engine that its tests share goes when they are done."""
