"""First floor: modules with weights and explicit arguments."""
