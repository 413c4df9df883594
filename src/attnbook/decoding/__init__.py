"""Top floor, west: from a model that scores the next id to a whole target."""
