"""Ground floor: pure functions on tensors, with no state and no randomness."""
